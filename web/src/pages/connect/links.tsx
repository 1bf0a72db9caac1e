// Whom this Lazaret tells and asks: webhooks, ntfy, HarborForge and Fabric, with their last exchange.
import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { send, type Refusal } from '../../api/client';
import { useMay } from '../../api/use';
import { countText, wordText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Refused, Waiting } from '../../ui/shown';
import { Mark, State } from '../../ui/state';
import { spanText, Time } from '../../ui/time';
import s from './connect.module.css';

interface Link {
  link: string;
  kind: string;
  url: string;
  state: 'ok' | 'failing' | 'never' | 'off';
  last_at: string | null;
  last_ok_at: string | null;
  error: string | null;
  sent?: number;
  waiting?: number;
}

interface Tested {
  ok: boolean;
  detail: string;
  took_ms: number;
}

export function useLinks() {
  return useQuery<{ links: Link[] }, Refusal>({
    queryKey: ['link.list'],
    queryFn: ({ signal }) => send('/api/v1/links', { credentials: 'same-origin', signal }),
    refetchInterval: (query) => (query.state.error ? false : 5_000),
    retry: false,
  });
}

const words: Record<Link['state'], string> = { ok: 'ok', failing: 'failing', never: 'nothing sent yet', off: 'off' };

export function LinksCard() {
  const links = useLinks();
  const isOld = links.error?.status === 404; // a daemon that does not tell it
  return (
    <Card title="Links to others">
      {links.data ? (
        <Links links={links.data.links} />
      ) : isOld ? (
        <p className="faint">This daemon does not tell how its links stand. What is set is among the settings of the host, under notify, harborforge and presence.</p>
      ) : links.error ? (
        <Refused refusal={links.error} again={() => void links.refetch()} />
      ) : (
        <Waiting rows={3} />
      )}
    </Card>
  );
}

function Links({ links }: { links: Link[] }) {
  if (links.length === 0) {
    return (
      <div className={s.form}>
        <p>Nobody outside is told anything, and no other calendar is followed. Any of these begins it, also in config.toml:</p>
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
        <span className={s.name}>{of.link}</span> <span className="faint small">{wordText(of.kind)}</span>
        <span className={s.url}>{of.url}</span>
      </span>
      <span>
        <State state={of.state} label={words[of.state]} />
        {of.error && <span className={`${s.failing} small`}> {of.error}</span>}
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
      <Test link={of.link} />
    </li>
  );
}

function Counts({ of }: { of: Link }) {
  const counts = [of.sent && countText(of.sent, 'message') + ' sent', of.waiting && `${of.waiting.toLocaleString()} waiting`].filter(Boolean);
  return counts.length > 0 ? <span className={s.counts}>{counts.join(', ')}</span> : null;
}

function Test({ link }: { link: string }) {
  const may = useMay('operator');
  const [outcome, setOutcome] = useState<{ ok: boolean; text: string }>();
  const test = useMutation<Tested, Refusal>({
    mutationFn: () => send(`/api/v1/links/${encodeURIComponent(link)}/test`, { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json' }, body: '{}' }),
    onSuccess: (answer) => setOutcome({ ok: answer.ok, text: `${answer.detail} (${answer.took_ms < 1_000 ? `${Math.round(answer.took_ms)} ms` : spanText(answer.took_ms / 1_000)})` }),
    onError: (refusal) => setOutcome({ ok: false, text: refusal.message }),
  });
  if (!may) return null;
  return (
    <span className={s.test}>
      <Button size="small" busy={test.isPending} onClick={() => test.mutate()} aria-label={`Test ${link}`}>
        Test
      </Button>
      <span role="status" className={`small ${outcome?.ok ? s.well : s.failing}`}>
        {outcome && (
          <>
            <Mark state={outcome.ok ? 'ok' : 'failed'} /> {outcome.text}
          </>
        )}
      </span>
    </span>
  );
}
