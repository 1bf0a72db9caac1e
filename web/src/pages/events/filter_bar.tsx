// What of the journal is wanted.
import { useId, useState } from 'react';
import { useOperation } from '../../api/use';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { isFiltered, type FilterName, type Filters } from './filters';
import { KindPicker } from './kind_picker';
import s from './events.module.css';

interface Props {
  filters: Filters;
  change: (filters: Partial<Filters>) => void;
}

export const namesMost = 1_000; // suggested and shown

export function FilterBar({ filters, change }: Props) {
  const [more, setMore] = useState(
    ['agent', 'cell', 'task', 'from', 'until'].some((name) => filters[name as FilterName] !== ''),
  ); // of a phone
  const agents = useOperation('agent.list', { limit: namesMost });
  const cells = useOperation('cell.list', { limit: namesMost });
  return (
    <section className={s.filters} aria-label="Filters">
      <KindPicker value={filters.kind} onChange={(kind) => change({ kind })} />
      <Field label="Text">
        <input
          type="search"
          value={filters.text}
          onChange={(event) => change({ text: event.target.value })}
          placeholder="In kind, agent, task or sentence"
        />
      </Field>
      <Button className={s.moreFilters} size="small" look="quiet" aria-expanded={more} onClick={() => setMore(!more)}>
        {more ? 'Fewer filters' : 'More filters'}
      </Button>
      <div className={`${s.rest} ${more ? '' : s.folded}`}>
        <Named
          name="agent"
          label="Agent"
          filters={filters}
          change={change}
          known={agents.data?.agents.map((agent) => agent.ref) ?? []}
        />
        <Named
          name="cell"
          label="Mission"
          filters={filters}
          change={change}
          known={cells.data?.cells.map((cell) => cell.mission_name || cell.cell_id) ?? []}
        />
        <Named name="task" label="Task" filters={filters} change={change} known={[]} />
        <Moment name="from" label="From" filters={filters} change={change} />
        <Moment name="until" label="Until" filters={filters} change={change} />
      </div>
      {isFiltered(filters) && (
        <Button
          className={s.clear}
          look="quiet"
          onClick={() => change({ kind: '', agent: '', cell: '', task: '', text: '', from: '', until: '' })}
        >
          Clear
        </Button>
      )}
    </section>
  );
}

function Named({ name, label, filters, change, known }: Props & { name: FilterName; label: string; known: string[] }) {
  const list = useId();
  return (
    <Field label={label}>
      <input
        value={filters[name]}
        onChange={(event) => change({ [name]: event.target.value })}
        list={known.length > 0 ? list : undefined}
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id={list}>
        {[...new Set(known)].map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </Field>
  );
}

// In the reader's zone; the URL has the moment itself.
function Moment({ name, label, filters, change }: Props & { name: 'from' | 'until'; label: string }) {
  return (
    <Field label={label}>
      <input
        type="datetime-local"
        value={localOf(filters[name])}
        onChange={(event) => change({ [name]: event.target.value ? new Date(event.target.value).toISOString() : '' })}
      />
    </Field>
  );
}

function localOf(at: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return '';
  const shifted = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
