// Search, folding, and what stands out in the graph.
import { useRef } from 'react';
import { Button } from '../../../ui/button';
import { countText } from '../../../ui/amounts';
import type { Tasks } from '../model';
import s from './graph.module.css';

interface Props {
  tasks: Tasks;
  text: string;
  setText: (text: string) => void;
  found: readonly string[] | undefined; // undefined before there is something to search
  onFound: (node: string) => void;
  critical: boolean;
  setCritical: (on: boolean) => void;
  folds: boolean;
  setFolds: (on: boolean) => void;
  fresh: number; // tasks finished since the last folding
  opened: number; // groups
  closeAll: () => void;
  foldFinished: () => void;
}

export function Toolbar(props: Props) {
  const at = useRef(0);
  const { tasks, found = [], text } = props;
  return (
    <div className={s.toolbar}>
      <input
        type="search"
        className={s.search}
        placeholder="Search tasks"
        aria-label="Search tasks; Enter goes to the next"
        value={text}
        onChange={(event) => {
          at.current = 0;
          props.setText(event.target.value);
        }}
        onKeyDown={(event) => {
          const next = found[at.current++ % Math.max(1, found.length)];
          if (event.key === 'Enter' && next !== undefined) {
            props.onFound(next);
          } else if (event.key !== 'Enter') {
            at.current = 0;
          }
        }}
      />
      {text && props.found && (
        <span className="faint small">{found.length === 0 ? 'nothing found' : `${found.length} found`}</span>
      )}
      <label className={s.switch}>
        <input type="checkbox" checked={props.folds} onChange={(event) => props.setFolds(event.target.checked)} /> Fold
        what is finished, alike or in a row
      </label>
      {tasks.critical.length > 0 && (
        <label className={s.switch}>
          <input
            type="checkbox"
            checked={props.critical}
            onChange={(event) => props.setCritical(event.target.checked)}
          />{' '}
          Longest open chain ({countText(tasks.critical.length, 'task')})
        </label>
      )}
      {props.fresh > 0 && (
        <Button size="small" onClick={props.foldFinished}>
          Fold {props.fresh} newly finished
        </Button>
      )}
      {props.opened > 0 && (
        <Button size="small" onClick={props.closeAll}>
          Fold again
        </Button>
      )}
    </div>
  );
}
