// Whom this Lazaret tells and asks: webhooks, ntfy, HarborForge and Fabric, with their last exchange.
import { useState } from 'react';
import { cliLine } from '../../api/client';
import { routes, type Link } from '../../api/generated';
import { useAction, useMay, useOperation } from '../../api/use';
import { countText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { Mark, State } from '../../ui/state';
import { clockText, spanText, Time } from '../../ui/time';
import s from './connect.module.css';

export const useLinks = () => useOperation('link.list', {}, { every: 5 });

const words: Record<Link['state'], string> = { ok: 'ok', failing: 'failing', never: 'nothing sent yet', off: 'off' };

const kinds: Record<Link['kind'], string> = {
  webhook: 'is told of events',
  ntfy: 'is told of events',
  harborforge: 'its calendar is followed, it is told of this host',
  bridge: 'answers programs on this machine',
  fabric: 'is told who is present',
};

export function LinksCard() {
  const links = useLinks();
  return (
    <Card title="Links to others">
      <Shown of={links} rows={3}>
        {(data) => <Links links={data.links} />}
      </Shown>
    </Card>
  );
}

function Links({ links }: { links: Link[] }) {
  if (links.length === 0) {
    return (
      <div className={s.form}>
        <p>
          Nobody outside is told anything, and no other calendar is followed. Any of these begins it, also in
          config.toml:
        </p>
        <CopyLine text="lazaret up -- --notify-webhook https://example.org/hooks/lazaret" />
        <CopyLine text="lazaret up -- --notify-ntfy https://ntfy.sh/my-topic" />
        <CopyLine text="lazaret up -- --harborforge http://host:port --harborforge-key-file FILE" />
        <CopyLine text="lazaret up -- --presence-center https://fabric.example --presence-file FILE" />
      </div>
    );
  }
  return (
    <ul className={`${s.rows} ${s.links}`}>
      {links.map((one) => (
        <Row key={one.link} of={one} />
      ))}
    </ul>
  );
}

function Row({ of }: { of: Link }) {
  return (
    <li>
      <span className={s.what}>
        <span className={s.name}>{of.link}</span> <span className="faint small">{kinds[of.kind]}</span>
        <span className={s.url}>{of.url}</span>
      </span>
      <span className={s.what}>
        <State state={of.state} label={words[of.state]} />
        {of.error && <span className={`${s.failing} small`}>{of.error}</span>}
      </span>
      <span className="faint small">
        {of.last_at && (
          <>
            last <Time at={of.last_at} />
          </>
        )}
        {of.state === 'failing' && of.last_ok_at && (
          <>
            , well <Time at={of.last_ok_at} />
          </>
        )}
        <Counts of={of} />
      </span>
      {of.kind === 'bridge' ? <span /> : <Test link={of.link} />}
    </li>
  );
}

function Counts({ of }: { of: Link }) {
  const counts = [
    of.sent > 0 && `${countText(of.sent, 'message')} sent`,
    of.waiting > 0 && `${of.waiting.toLocaleString()} waiting`,
  ].filter(Boolean);
  return counts.length > 0 ? <span className={s.counts}>{counts.join(', ')}</span> : null;
}

function Test({ link }: { link: string }) {
  const may = useMay(routes['link.test'].scope);
  const [outcome, setOutcome] = useState<{ ok: boolean; text: string; at: string }>();
  const test = useAction('link.test', { quiet: true });
  const run = () =>
    test.mutate(
      { link },
      {
        onSuccess: ({ ok, detail, took_ms }) =>
          setOutcome({
            ok,
            at: new Date().toISOString(),
            text: `${detail} (${took_ms < 1_000 ? `${Math.round(took_ms)} ms` : spanText(took_ms / 1_000)})`,
          }),
        onError: (refusal) => setOutcome({ ok: false, at: new Date().toISOString(), text: refusal.message }),
      },
    );
  if (!may) return null;
  return (
    <span className={s.test}>
      <Button
        size="small"
        busy={test.isPending}
        onClick={run}
        aria-label={`Test ${link}`}
        title={cliLine('link.test', { link })}
      >
        Test
      </Button>
      <span role="status" className={`small ${outcome?.ok ? s.well : s.failing}`}>
        {outcome && (
          <>
            <Mark state={outcome.ok ? 'ok' : 'failed'} /> {outcome.text}{' '}
            <span className="faint">
              at <time dateTime={outcome.at}>{clockText(outcome.at)}</time>
            </span>
          </>
        )}
      </span>
    </span>
  );
}
