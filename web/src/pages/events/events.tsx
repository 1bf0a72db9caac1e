// The journal: everything that happened, as it happens, and what of it is wanted.
import { useEffect, useState } from 'react';
import { countText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card, PageHead } from '../../ui/card';
import { copyText, CopyLine } from '../../ui/copy';
import { Empty, Refused, Waiting } from '../../ui/shown';
import { State } from '../../ui/state';
import { toast } from '../../ui/toast';
import { EventList } from './event_list';
import { FilterBar } from './filter_bar';
import { commandOf, isFiltered, useFilters, type Filters } from './filters';
import type { Journal, View } from './journal';
import { AddNote } from './note';
import { useJournal } from './use_journal';
import s from './events.module.css';

export default function Events() {
  const [filters, change] = useFilters();
  const [paused, setPaused] = useState(false);
  const atTop = useAtTop();
  const following = !paused && atTop;
  const { journal, view } = useJournal(filters, following);
  return (
    <>
      <PageHead title="Events" about="What happened, from the journal, newest first." actions={<AddNote />} />
      <FilterBar filters={filters} change={change} />
      <div className={s.command}>
        <CopyLine text={commandOf(filters)} />
      </div>
      <Card flush>
        <div className={s.bar}>
          {filters.until ? (
            <span className="faint small">Nothing new comes into a time that has passed.</span>
          ) : (
            <>
              <Button size="small" onClick={() => setPaused(!paused)}>
                {paused ? 'Follow' : 'Pause'}
              </Button>
              <span className="small">
                {paused ? (
                  <State state="paused" label="Paused" />
                ) : following ? (
                  <State state="ok" label="Following" />
                ) : (
                  <State state="waiting" label="Held while you read" />
                )}
              </span>
            </>
          )}
          <span className={`${s.counted} faint small numbers`}>
            {view.events.length > 0 && `${countText(view.events.length, 'event')} shown`}
          </span>
          <CopyAll view={view} />
        </div>
        <Body filters={filters} change={change} journal={journal} view={view} />
      </Card>
    </>
  );
}

function Body({
  filters,
  change,
  journal,
  view,
}: {
  filters: Filters;
  change: (filters: Partial<Filters>) => void;
  journal: Journal | undefined;
  view: View;
}) {
  if (view.events.length === 0) {
    return (
      <div className={s.inset}>
        {view.refusal ? (
          <Refused refusal={view.refusal} again={() => void journal?.first()} />
        ) : view.busy ? (
          <Waiting rows={8} />
        ) : isFiltered(filters) ? (
          <NoneFits change={change} />
        ) : (
          <Empty title="Nothing has happened yet" />
        )}
      </div>
    );
  }
  return (
    <>
      {view.refusal && view.refusal.status > 0 && (
        <div className={s.inset}>
          <Refused refusal={view.refusal} />
        </div>
      )}
      {view.fresh > 0 && <Fresh count={view.fresh} journal={journal} />}
      <EventList view={view} older={() => journal?.older()} change={change} />
    </>
  );
}

function Fresh({ count, journal }: { count: number; journal: Journal | undefined }) {
  const show = () => {
    journal?.show();
    window.scrollTo({ top: 0 });
  };
  return (
    <div className={s.fresh} role="status">
      <Button size="small" look="strong" onClick={show}>
        {count.toLocaleString()} new
      </Button>
    </div>
  );
}

function NoneFits({ change }: { change: (filters: Partial<Filters>) => void }) {
  return (
    <Empty title="No event fits">
      <Button onClick={() => change({ kind: '', agent: '', cell: '', task: '', text: '', from: '', until: '' })}>
        Show all events
      </Button>
    </Empty>
  );
}

function CopyAll({ view }: { view: View }) {
  const copy = async () => {
    const done = await copyText(JSON.stringify(view.events, null, 2));
    toast(
      done
        ? { kind: 'done', text: `${countText(view.events.length, 'event')} copied as JSON` }
        : { kind: 'refused', text: 'The browser does not let the page copy' },
    );
  };
  return (
    <Button size="small" look="quiet" onClick={copy} disabled={view.events.length === 0}>
      Copy all shown as JSON
    </Button>
  );
}

const topMost = 160; // px

function useAtTop(): boolean {
  const [atTop, setAtTop] = useState(true);
  useEffect(() => {
    const look = () => setAtTop(window.scrollY < topMost);
    window.addEventListener('scroll', look, { passive: true });
    return () => window.removeEventListener('scroll', look);
  }, []);
  return atTop;
}
