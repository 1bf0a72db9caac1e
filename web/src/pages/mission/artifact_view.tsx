// One artifact. It comes from an agent: a page of it may draw itself with its own script, in an origin of its
// own that reaches nothing; text is only ever text.
import { cliLine } from '../../api/client';
import { useOperation } from '../../api/use';
import { bytesText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { artifactAddress, viewerOf, type Artifact } from './artifact_list';
import { shortCell } from './command';
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
      {how === 'page' ? (
        <iframe
          className={s.page}
          sandbox="allow-scripts"
          src={address}
          title={artifact.path}
          referrerPolicy="no-referrer"
        />
      ) : how === 'none' ? (
        <p className="faint">It can only be downloaded.</p>
      ) : (
        <Words cell={cell} path={artifact.path} />
      )}
      <p className={s.command}>
        <CopyLine text={cliLine('artifact.get', { cell: shortCell(cell), path: artifact.path })} />
      </p>
    </Card>
  );
}

function Words({ cell, path }: { cell: string; path: string }) {
  const content = useOperation('artifact.get', { cell, path });
  return (
    <Shown of={content}>
      {(data) => (
        <pre className={s.text} tabIndex={0} aria-label="Content">
          {pretty(data)}
        </pre>
      )}
    </Shown>
  );
}

// What says it is JSON comes parsed; other text may be JSON after all.
function pretty(data: unknown): string {
  if (typeof data !== 'string') return JSON.stringify(data, null, 2);
  try {
    return JSON.stringify(JSON.parse(data), null, 2);
  } catch {
    return data;
  }
}
