// Which lanes there are: everybody's, or those that were asked for.
import { useMemo } from 'react';
import { useOperation } from '../../api/use';
import { byName } from '../../ui/natural';
import { useInUrl } from '../../ui/url';
import type { Entry } from './entries';
import type { FullPlan } from './types';

const fewLanes = 12; // so many are all shown, unless the reader says otherwise

export interface Lane {
  agent: string;
  entries: Entry[];
}

export interface Lanes {
  lanes: Lane[];
  entries: Entry[]; // of these lanes
  known: string[]; // every agent
  text: string;
  setText: (text: string) => void;
  onlyBusy: boolean;
  setOnlyBusy: (on: boolean) => void;
}

export function useLanes(plans: readonly FullPlan[], entries: readonly Entry[]): Lanes {
  const agents = useOperation('agent.list', { limit: 1_000 }, { every: 60, all: 'agents' });
  const callers = useOperation('calendar.agents', { limit: 1_000 }, { every: 30, all: 'agents' });
  const named = useMemo(() => {
    const fleet = (agents.data?.agents ?? []).map((one) => one.ref);
    const asking = (callers.data?.agents ?? []).map((one) => one.agent);
    return [...new Set([...plans.map((plan) => plan.agent), ...asking, ...fleet])];
  }, [agents.data, callers.data, plans]);
  const known = useMemo(
    () => [...new Set([...named, ...entries.map((one) => one.agent)])].sort(byName),
    [named, entries],
  );
  const [text, setText] = useInUrl('agent');
  const [kind, setKind] = useInUrl('lanes', known.length > fewLanes ? 'busy' : 'all');
  const onlyBusy = kind === 'busy' && text === ''; // whom one asks for by name is shown in any case
  const all = useMemo(() => lanesOf(entries, known), [entries, known]);
  const lanes = useMemo(
    () => (onlyBusy ? all.filter((lane) => lane.entries.length > 0) : all.filter(fitting(text, known))),
    [all, onlyBusy, text, known],
  );
  const shown = useMemo(() => lanes.flatMap((lane) => lane.entries), [lanes]);
  return {
    lanes,
    entries: shown,
    known,
    text,
    setText,
    onlyBusy,
    setOnlyBusy: (on) => setKind(on ? 'busy' : 'all'),
  };
}

// A whole name means that agent alone, anything else every name that holds it.
function fitting(text: string, known: readonly string[]): (lane: Lane) => boolean {
  const wanted = text.trim().toLowerCase();
  if (known.includes(text.trim())) return (lane) => lane.agent === text.trim();
  return (lane) => lane.agent.toLowerCase().includes(wanted);
}

function lanesOf(entries: readonly Entry[], agents: readonly string[]): Lane[] {
  const lanes = new Map<string, Entry[]>(agents.map((agent) => [agent, []]));
  for (const entry of entries) lanes.get(entry.agent)!.push(entry);
  return [...lanes].map(([agent, list]) => ({ agent, entries: list.sort((a, b) => a.at - b.at) }));
}
