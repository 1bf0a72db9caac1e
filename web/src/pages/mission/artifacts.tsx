// What the mission's agents left: a list, and one of them opened where it can do no harm.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useOperation } from '../../api/use';
import { bytesText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { byName } from '../../ui/natural';
import { Pick, Search } from '../../ui/pick';
import { useRowKeys } from '../../ui/rows';
import { Empty, Shown } from '../../ui/shown';
import { Time } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { artifactAddress, viewerOf, type Artifact } from './artifact_list';
import { ArtifactView } from './artifact_view';
import { shortCell } from './command';
import s from './artifacts.module.css';

const rowHeight = 46;

interface Props {
  cell: string;
  onChoose: (task: string) => void;
}

export function Artifacts({ cell, onChoose }: Props) {
  const list = useOperation('artifact.list', { cell }, { every: 15 });
  const [opened, setOpened] = useInUrl('artifact');
  return (
    <Shown of={list} rows={6}>
      {({ artifacts, more }) => {
        const artifact = artifacts.find((one) => one.path === opened);
        return artifacts.length === 0 ? (
          <Nothing cell={cell} />
        ) : (
          <div className={artifact ? s.both : ''}>
            {artifact && (
              <ArtifactView key={artifact.path} cell={cell} artifact={artifact} onClose={() => setOpened('')} />
            )}
            <List {...{ cell, artifacts, more, opened, onChoose }} onOpen={setOpened} />
          </div>
        );
      }}
    </Shown>
  );
}

function Nothing({ cell }: { cell: string }) {
  return (
    <Empty title="Nothing was left yet">
      <p>What an agent writes below its LAZARET_ARTIFACT_DIR is listed here. The same in a terminal:</p>
      <CopyLine text={`lazaret artifact ls ${shortCell(cell)}`} />
    </Empty>
  );
}

const countOf = (artifacts: readonly Artifact[], more: boolean) =>
  more ? `the newest ${artifacts.length.toLocaleString()} of more` : artifacts.length.toLocaleString();

interface ListProps extends Props {
  artifacts: readonly Artifact[];
  more: boolean;
  opened: string;
  onOpen: (path: string) => void;
}

function List({ cell, artifacts, more, opened, onOpen, onChoose }: ListProps) {
  const [text, setText] = useInUrl('q');
  const [order, setOrder] = useInUrl('order', 'newest');
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    const fits = artifacts.filter(
      (one) => !wanted || `${one.path} ${one.task_id ?? ''}`.toLowerCase().includes(wanted),
    );
    if (order === 'largest') return fits.sort((a, b) => b.bytes - a.bytes);
    if (order === 'path') return fits.sort((a, b) => byName(a.path, b.path));
    return fits.sort((a, b) => (b.modified_at ?? '').localeCompare(a.modified_at ?? ''));
  }, [artifacts, text, order]);
  return (
    <Card
      flush
      title={`Artifacts (${countOf(artifacts, more)}, ${bytesText(artifacts.reduce((sum, one) => sum + one.bytes, 0))})`}
      actions={
        <>
          <Pick label="Order" value={order} onChange={setOrder}>
            <option value="newest">Newest first</option>
            <option value="largest">Largest first</option>
            <option value="path">By path</option>
          </Pick>
          <Search label="Search artifacts" hint={more ? 'Search these' : 'Search'} value={text} onChange={setText} />
        </>
      }
    >
      {more && (
        <p className={s.note}>
          Only the newest {artifacts.length.toLocaleString()} are listed, ordered and searched. The others are in the
          directory <code>artifacts</code> of the mission.
        </p>
      )}
      {text && shown.length > 0 && (
        <p className={s.note}>
          {shown.length.toLocaleString()} of {countOf(artifacts, more)} fit.
        </p>
      )}
      {shown.length > 0 ? (
        <Rows {...{ cell, shown, opened, onOpen, onChoose }} />
      ) : (
        <p className={s.none}>Of {countOf(artifacts, more)}, none fits.</p>
      )}
    </Card>
  );
}

function Rows({
  cell,
  shown,
  opened,
  onOpen,
  onChoose,
}: Pick<ListProps, 'cell' | 'opened' | 'onOpen' | 'onChoose'> & { shown: readonly Artifact[] }) {
  const box = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: shown.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  useRowKeys(box);
  return (
    <ul ref={box} className={s.rows} style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((item) => {
        const artifact = shown[item.index]!;
        const isOpened = artifact.path === opened;
        return (
          <li
            key={artifact.path}
            className={`${s.row} ${isOpened ? s.opened : ''}`}
            style={{ height: rowHeight, transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
          >
            <button
              type="button"
              data-row
              className={s.name}
              aria-pressed={isOpened}
              disabled={viewerOf(artifact) === 'none'}
              title={artifact.path}
              onClick={() => onOpen(isOpened ? '' : artifact.path)}
            >
              <bdi>{artifact.path}</bdi>
            </button>
            {artifact.task_id ? (
              <button type="button" className={s.task} onClick={() => onChoose(artifact.task_id!)}>
                {artifact.task_id}
              </button>
            ) : (
              <span />
            )}
            <span className="numbers small">{bytesText(artifact.bytes)}</span>
            <span className="small">
              <Time at={artifact.modified_at} />
            </span>
            <a
              className={s.download}
              href={artifactAddress(cell, artifact.path)}
              download={artifact.path.split('/').pop()}
            >
              Download<span className="unseen"> {artifact.path}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
