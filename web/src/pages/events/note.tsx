// A remark of a person, put between the facts.
import { useState } from 'react';
import { useOperation } from '../../api/use';
import { Act } from '../../ui/act';
import { Field } from '../../ui/field';

export function AddNote() {
  const [text, setText] = useState('');
  const [cell, setCell] = useState('');
  return (
    <Act
      operation="note.add"
      inputs={{ text, cell: cell || undefined }}
      label="Add a note"
      about="A remark in the journal, such as what was done to the machine."
      reason={false}
      fields={
        <>
          <Field label="Note">
            <textarea value={text} onChange={(event) => setText(event.target.value)} rows={3} required autoFocus />
          </Field>
          <About cell={cell} setCell={setCell} />
        </>
      }
      done="The note is in the journal"
      then={() => setText('')}
    />
  );
}

function About({ cell, setCell }: { cell: string; setCell: (cell: string) => void }) {
  const cells = useOperation('cell.list', { limit: 1_000 });
  return (
    <Field label="About the mission (optional)">
      <select value={cell} onChange={(event) => setCell(event.target.value)}>
        <option value="">The whole fleet</option>
        {cells.data?.cells.map((one) => (
          <option key={one.cell_id} value={one.cell_id}>
            {one.mission_name || one.cell_id}
          </option>
        ))}
      </select>
    </Field>
  );
}
