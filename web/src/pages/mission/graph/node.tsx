// One node: a task, or tasks folded into one. A button, so that the keyboard reaches it; arrows go along the edges.
import { createContext, memo, useContext, type KeyboardEvent } from 'react';
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { Mark } from '../../../ui/state';
import { Progress } from '../../../ui/progress';
import { markOf, stageText, type Stage } from '../model';
import type { Kind } from './folding';
import type { Look } from './looks';
import s from './graph.module.css';

export interface Drawn extends Record<string, unknown> {
  kind: Kind;
  title: string;
  about: string;
  stage: Stage | '';
  counts: Record<string, number>; // of a folded one
  look: Look;
  isChosen: boolean;
}

export type DrawnNode = Node<Drawn, 'drawn'>;

interface Actions {
  act: (node: string) => void;
  step: (node: string, key: string) => boolean;
}

export const GraphActions = createContext<Actions>({ act: () => undefined, step: () => false });

const kindText: Record<Kind, string> = { task: '', finished: 'finished', alike: 'alike', chain: 'in a row' };

export const DrawnBox = memo(function DrawnBox({ id, data }: NodeProps<DrawnNode>) {
  const { act, step } = useContext(GraphActions);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.startsWith('Arrow') && step(id, event.key)) event.preventDefault();
  };
  const names = [s.node, s[data.look], s[`is_${data.stage || data.kind}`], data.kind === 'task' ? '' : s.folded];
  return (
    <>
      <Handle type="target" position={Position.Left} className={s.handle} isConnectable={false} />
      <button
        type="button"
        data-node={id}
        className={names.join(' ')}
        aria-pressed={data.kind === 'task' ? data.isChosen : undefined}
        onClick={() => act(id)}
        onKeyDown={onKeyDown}
      >
        <span className={s.line}>
          {data.stage && <Mark state={markOf[data.stage]} />}
          <span className={s.title} title={data.title}>
            {data.title}
          </span>
        </span>
        <span className={s.about}>
          {data.kind === 'task' ? (
            <>
              {data.about && data.stage && <span className="unseen">{stageText[data.stage]}, </span>}
              {data.about || (data.stage && stageText[data.stage])}
            </>
          ) : (
            <>
              <b>{data.about}</b> <Progress counts={data.counts} />
              <span className="unseen">Unfold</span>
            </>
          )}
        </span>
      </button>
      <Handle type="source" position={Position.Right} className={s.handle} isConnectable={false} />
    </>
  );
});

export const foldedText = (kind: Kind, count: number) => `${count.toLocaleString()} ${kindText[kind]}`;
