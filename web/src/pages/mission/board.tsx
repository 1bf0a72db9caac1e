// The tasks in columns by state; each column holds only the cards in sight.
import { useMemo, useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Task } from '../../api/generated';
import { byName } from '../../ui/natural';
import { useRowKeys } from '../../ui/rows';
import { Badge, Mark } from '../../ui/state';
import { Time } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import type { ViewProps } from './mission';
import { markOf, stageOf, stageText, type Stage } from './model';
import s from './board.module.css';

const stages: readonly Stage[] = ['failed', 'waiting', 'ready', 'in_progress', 'reported', 'completed'];
const rank = { high: 0, medium: 1, low: 2 };
const cardHeight = 78;

export function Board({ tasks, chosen, onChoose }: ViewProps) {
  const [text, setText] = useInUrl('q');
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const columns = useMemo(() => {
    const wanted = text.toLowerCase();
    const fits = tasks.list.filter(
      (task) =>
        !wanted ||
        `${task.task_id} ${task.title} ${task.owner ?? ''} ${task.assigned_to ?? ''} ${task.reason}`
          .toLowerCase()
          .includes(wanted),
    );
    return stages.map((stage) => ({
      stage,
      cards: fits.filter((task) => stageOf(task) === stage).sort(orderOf(stage)),
    }));
  }, [tasks, text]);
  const shown = columns.filter(({ stage, cards }) => cards.length > 0 || (stage !== 'failed' && stage !== 'reported'));
  return (
    <>
      <input
        type="search"
        className={s.search}
        placeholder="Search tasks"
        aria-label="Search tasks"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div ref={box} className={s.board} tabIndex={-1}>
        {shown.map(({ stage, cards }) => (
          <Column key={stage} stage={stage} cards={cards} chosen={chosen} onChoose={onChoose} />
        ))}
      </div>
    </>
  );
}

// What is done: the last first. What is to do: by priority.
function orderOf(stage: Stage) {
  if (stage === 'completed' || stage === 'failed')
    return (a: Task, b: Task) => (b.since ?? '').localeCompare(a.since ?? '') || byName(a.task_id, b.task_id);
  return (a: Task, b: Task) =>
    rank[a.priority] - rank[b.priority] ||
    (a.open_dependencies ?? 0) - (b.open_dependencies ?? 0) ||
    byName(a.task_id, b.task_id);
}

function Column({
  stage,
  cards,
  chosen,
  onChoose,
}: {
  stage: Stage;
  cards: Task[];
  chosen: string;
  onChoose: (task: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: cards.length,
    getScrollElement: () => box.current,
    estimateSize: () => cardHeight,
    overscan: 6,
    getItemKey: (i) => cards[i]!.task_id,
  });
  return (
    <section
      className={`${s.column} ${cards.length === 0 ? s.empty : ''}`}
      aria-label={`${stageText[stage]}: ${cards.length}`}
    >
      <h2 className={s.head}>
        <Mark state={markOf[stage]} /> {stageText[stage]}{' '}
        <span className="faint numbers">{cards.length.toLocaleString()}</span>
      </h2>
      <div ref={box} className={s.cards} tabIndex={0} role="group" aria-label={`Tasks: ${stageText[stage]}`}>
        <ul className={s.list} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const task = cards[item.index]!;
            return (
              <li
                key={item.key}
                className={s.place}
                style={{ transform: `translateY(${item.start}px)`, height: cardHeight }}
              >
                <Card task={task} stage={stage} isChosen={task.task_id === chosen} onChoose={onChoose} />
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

function Card({
  task,
  stage,
  isChosen,
  onChoose,
}: {
  task: Task;
  stage: Stage;
  isChosen: boolean;
  onChoose: (task: string) => void;
}) {
  const who = task.owner ?? task.assigned_to;
  return (
    <button
      type="button"
      data-row
      className={`${s.card} ${s[stage]} ${isChosen ? s.chosen : ''}`}
      aria-pressed={isChosen}
      onClick={() => onChoose(isChosen ? '' : task.task_id)}
    >
      <span className={s.title} title={task.title}>
        {task.title || task.task_id}
      </span>
      <span className={s.facts}>
        {task.priority === 'high' && <Badge tone="warn">high</Badge>}
        {who && <span className={s.who}>{who}</span>}
        {stage === 'waiting' && <span>waits for {task.open_dependencies}</span>}
        {task.tries > 0 && (
          <span>
            try {task.tries + 1} of {task.max_tries ?? '–'}
          </span>
        )}
        <Time at={task.since} plain />
      </span>
    </button>
  );
}
