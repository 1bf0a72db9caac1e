// Why a task is where it is: the sentence, the rule, what would change it.
import { useOperation } from '../../api/use';
import { Shown } from '../../ui/shown';
import s from './task.module.css';

export function TaskWhy({ cell, task }: { cell: string; task: string }) {
  const why = useOperation('why', { of: task, cell });
  return (
    <section className={s.why} aria-label="Why">
      <h3>Why</h3>
      <Shown of={why} rows={2}>
        {(data) => (
          <>
            <p>{data.sentence}</p>
            {data.rule && <p className={s.rule}>Rule: {data.rule}</p>}
            {data.setting && (
              <p className={s.rule}>
                Setting: <code>{data.setting}</code> {data.setting_place && <span>in {data.setting_place}</span>}
              </p>
            )}
            {data.next && <p className={s.rule}>Next: {data.next}</p>}
          </>
        )}
      </Shown>
    </section>
  );
}
