// One task, beside the view it was chosen in.
import { useEffect, useRef } from 'react';
import { useOperation } from '../../api/use';
import { Button } from '../../ui/button';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { Time } from '../../ui/time';
import type { ViewProps } from './mission';
import { markOf, stageOf, stageText } from './model';
import { TaskActions } from './task_actions';
import { TaskEvents } from './task_events';
import { TaskFacts } from './task_facts';
import { TaskLinks } from './task_links';
import { WhyText } from './why';
import s from './task.module.css';

interface Props extends ViewProps {
  task: string;
  agents: readonly string[];
}

export function TaskPanel({ cell, task, tasks, agents, onChoose }: Props) {
  const box = useRef<HTMLElement>(null);
  const shown = useOperation('task.show', { cell, task });
  useEscape(() => onChoose(''));
  // Where the panel covers the page, what is read next is the panel.
  useEffect(() => {
    if (window.matchMedia('(max-width: 70rem)').matches) box.current?.focus();
  }, []);
  return (
    <aside ref={box} className={s.panel} aria-label={`Task ${task}`} tabIndex={-1}>
      <Button size="small" look="quiet" className={s.close} aria-label="Close the task" onClick={() => onChoose('')}>
        Close
      </Button>
      <Shown of={shown} rows={8}>
        {(data) => (
          <>
            <header className={s.head}>
              <h2>{data.title || data.task_id}</h2>
              <p className={s.state}>
                <State state={markOf[stageOf(data)]} label={stageText[stageOf(data)]} />
                <span className="faint small">
                  since <Time at={data.since} plain />
                </span>
                <code className={s.id}>{data.task_id}</code>
              </p>
              {data.reason && <p className={data.status === 'failed' ? s.bad : 'small'}>{data.reason}</p>}
              {data.description && <p className={s.description}>{data.description}</p>}
            </header>
            <TaskActions task={data} tasks={tasks} agents={agents} />
            <section>
              <h3>Why</h3>
              <WhyText of={task} cell={cell} />
            </section>
            <TaskLinks task={data} tasks={tasks} onChoose={onChoose} />
            <TaskFacts task={data} />
            <TaskEvents cell={cell} task={task} />
          </>
        )}
      </Shown>
    </aside>
  );
}

// Escape closes, unless a dialog is in front: that one takes it.
function useEscape(close: () => void) {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTaken = event.defaultPrevented || document.querySelector('[role="dialog"]');
      if (event.key === 'Escape' && !isTaken) latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
