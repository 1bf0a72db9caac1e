// Several kinds of events; what is typed and not known is asked for all the same, and the server says so.
import { useId, useState, type ChangeEvent, type KeyboardEvent } from 'react';
import { Field } from '../../ui/field';
import { eventKinds } from '../../api/generated';
import s from './events.module.css';

const known: ReadonlySet<string> = new Set(eventKinds);

export function KindPicker({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState('');
  const list = useId();
  const chosen = value.split(',').filter(Boolean);
  const add = (kind: string) => {
    setText('');
    if (kind && !chosen.includes(kind)) onChange([...chosen, kind].join(','));
  };
  const onText = (event: ChangeEvent<HTMLInputElement>) => {
    const typed = event.target.value.replaceAll(' ', '_');
    if (known.has(typed))
      add(typed); // a suggestion was taken
    else setText(typed);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && !text) {
      onChange(chosen.slice(0, -1).join(','));
    }
  };
  return (
    <div className={s.kinds}>
      <Field label="Kinds">
        <input
          value={text}
          onChange={onText}
          onKeyDown={onKey}
          list={list}
          placeholder={chosen.length > 0 ? 'and another' : 'All; such as agent_exited'}
          autoComplete="off"
          spellCheck={false}
        />
        <datalist id={list}>
          {eventKinds
            .filter((kind) => !chosen.includes(kind))
            .map((kind) => (
              <option key={kind} value={kind} />
            ))}
        </datalist>
      </Field>
      {chosen.length > 0 && (
        <ul className={s.chips} aria-label="Chosen kinds">
          {chosen.map((kind) => (
            <li key={kind}>
              <button
                type="button"
                className={s.chip}
                onClick={() => onChange(chosen.filter((one) => one !== kind).join(','))}
                aria-label={`Without ${kind}`}
              >
                {kind} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
