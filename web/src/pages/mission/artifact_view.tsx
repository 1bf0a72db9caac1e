// One artifact. It comes from an agent: a page of it may draw itself with its own script, in an origin of its
// own that reaches nothing; text is only ever text.
import { useQuery } from '@tanstack/react-query';
import type { Refusal } from '../../api/client';
import { bytesText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Shown } from '../../ui/shown';
import { artifactAddress, fetchFrom, viewerOf, type Artifact } from './artifact_list';
import s from './artifacts.module.css';

interface Props {
  cell: string;
  artifact: Artifact;
  onClose: () => void;
}

export function ArtifactView({ cell, artifact, onClose }: Props) {
  const address = artifactAddress(cell, artifact.path);
  const how = viewerOf(artifact);
  return (
    <Card
      title={<span className={s.path}>{artifact.path}</span>}
      actions={
        <>
          <span className="faint small">{bytesText(artifact.bytes)}</span>
          <a className={s.download} href={address} download={artifact.path.split('/').pop()}>
            Download
          </a>
          <Button size="small" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {how === 'page' ? <iframe className={s.page} sandbox="allow-scripts" src={address} title={artifact.path} referrerPolicy="no-referrer" /> : how === 'none' ? <p className="faint">It can only be downloaded.</p> : <Words address={address} modified={artifact.modified_at} isJson={how === 'json'} />}
    </Card>
  );
}

function Words({ address, modified, isJson }: { address: string; modified: string | null; isJson: boolean }) {
  const text = useQuery<string, Refusal>({ queryKey: ['artifact.text', address, modified], queryFn: async ({ signal }) => (await fetchFrom(address, signal)).text() });
  return (
    <Shown of={text}>
      {(data) => (
        <pre className={s.text} tabIndex={0} aria-label="Content">
          {isJson ? pretty(data) : data}
        </pre>
      )}
    </Shown>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // one value on each line, or not JSON after all
  }
}
