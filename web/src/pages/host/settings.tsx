// Every setting: its value, where that came from, and what it is for.
import { useMemo } from 'react';
import { useOperation } from '../../api/use';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { Badge } from '../../ui/state';
import { useInUrl } from '../../ui/url';
import type { Settings } from '../../api/generated';
import s from './host.module.css';

type Setting = Settings['settings'][number];

export function SettingsCard() {
  const settings = useOperation('settings', {});
  const [text, setText] = useInUrl('q');
  const [chosen, setChosen] = useInUrl('chosen');
  return (
    <Card
      title="Settings"
      actions={
        <>
          <input
            type="search"
            className={s.search}
            placeholder="Search"
            aria-label="Search settings"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <label className={s.switch}>
            <input
              type="checkbox"
              checked={chosen !== ''}
              onChange={(event) => setChosen(event.target.checked ? '1' : '')}
            />{' '}
            Only what was set
          </label>
        </>
      }
    >
      <Shown of={settings} rows={6}>
        {(data) => <List settings={data.settings} text={text} isChosen={chosen !== ''} />}
      </Shown>
      <CopyLine text="lazaret config" />
    </Card>
  );
}

function List({ settings, text, isChosen }: { settings: Setting[]; text: string; isChosen: boolean }) {
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return settings.filter(
      (one) =>
        (!isChosen || one.source !== 'default') &&
        (!wanted ||
          `${one.setting} ${one.value} ${one.why} ${one.flag} ${one.environment}`.toLowerCase().includes(wanted)),
    );
  }, [settings, text, isChosen]);
  if (shown.length === 0) return <p className="faint">No setting fits.</p>;
  return (
    <ul className={s.settings}>
      {shown.map((one) => (
        <li key={one.setting}>
          <div className={s.settingName}>
            <code>{one.setting}</code>
            <span className="faint small">{one.why}</span>
          </div>
          <div className={s.settingValue}>
            {one.value === '' ? <span className="faint">not set</span> : <code>{String(one.value)}</code>}
            <span>
              <Badge tone={one.source === 'default' ? 'faint' : 'info'}>{one.source}</Badge>{' '}
              <span className="faint small">
                {one.source === 'default' ? [one.flag, one.environment].filter(Boolean).join(' or ') : one.place}
              </span>
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
