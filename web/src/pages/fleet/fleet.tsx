// Home: am I needed, who is ill, what runs, what comes next.
import { useMemo } from 'react';
import { Link } from 'wouter';
import { isFaulty } from '../../api/agents';
import { agentsAsked } from '../../api/ahead';
import { useRecentEvents } from '../../api/live';
import { waitingFor } from '../../api/needs';
import { useOperation } from '../../api/use';
import type { Agent, Status } from '../../api/generated';
import { Act } from '../../ui/act';
import { bytesText, ofText, percentText } from '../../ui/amounts';
import { Card, PageHead } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { EventLine } from '../../ui/event_line';
import { useFew } from '../../ui/few';
import { byName } from '../../ui/natural';
import { Search } from '../../ui/pick';
import { Empty, Shown } from '../../ui/shown';
import { spanText } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { ApprovalCard } from '../inbox/approval_card';
import { isChore, soonest } from '../inbox/soonest';
import { NeedCard } from '../inbox/need';
import { AgentTable } from './agent_table';
import { MissionStrip } from './mission_strip';
import { NextSlots } from './next_slots';
import s from './fleet.module.css';

const needsShown = 5;
const agentsShown = 30;
const eventsShown = 10;
const eventsAsked = 60; // of which some are passed over
const routine = new Set([
  'task_checkpointed',
  'checkpoint_saved',
  'checkpoint_wanted',
  'spend_recorded',
  'spend_reserved',
  'cell_mirrored',
]);

export function Fleet() {
  const status = useOperation('status', {}, { every: 5 });
  const agents = useOperation('agent.list', agentsAsked, { every: 3, all: 'agents' });
  return (
    <>
      <Shown of={status} rows={2}>
        {(data) => <Sentence status={data} />}
      </Shown>
      {status.data && <Needs status={status.data} />}
      <Shown of={agents} rows={8}>
        {(data) => <Agents agents={data.agents} />}
      </Shown>
      <div className={s.below}>
        <div className={s.soon}>
          <MissionStrip />
          <NextSlots />
        </div>
        <LastEvents />
      </div>
    </>
  );
}

function Sentence({ status }: { status: Status }) {
  const { daemon } = status;
  const figures = [
    daemon.uptime_seconds !== undefined && `up ${spanText(daemon.uptime_seconds)}`,
    daemon.memory_bytes !== undefined && bytesText(daemon.memory_bytes),
    daemon.cpu_percent !== undefined && `${percentText(daemon.cpu_percent)} CPU`,
    daemon.version,
  ].filter(Boolean);
  const waiting = waitingFor(status);
  return (
    <PageHead
      title={
        <span className={waiting === 0 ? '' : s.needed}>
          {waiting === 0
            ? 'Nothing needs you'
            : waiting === 1
              ? 'One thing needs you'
              : `${waiting.toLocaleString()} things need you`}
        </span>
      }
      about={
        <span className={s.said}>
          <span>{status.sentence}</span>
          <span className={s.figures}>{figures.join(' · ')}</span>
        </span>
      }
      actions={
        status.frozen ? (
          <Act
            operation="fleet.resume"
            inputs={{}}
            label="Resume the fleet"
            look="strong"
            command="lazaret resume --all"
            done="The fleet goes on"
          />
        ) : (
          <Act
            operation="fleet.freeze"
            inputs={{}}
            label="Freeze all"
            look="danger"
            command="lazaret freeze --all"
            about="Every agent is stopped where it is, without losing anything, until the fleet is resumed."
            done="The fleet is frozen"
          />
        )
      }
    />
  );
}

// The soonest deadlines of all; the daemon's own summary names only some of the questions.
function Needs({ status }: { status: Status }) {
  const open = useOperation(
    'approval.list',
    { open: true, limit: 1_000 },
    { all: 'approvals', enabled: status.needs_you.length > 0 },
  );
  if (status.needs_you.length === 0) return null;
  const questions = [...(open.data?.approvals ?? [])].sort(soonest).slice(0, needsShown);
  const needs = status.needs_you.filter((need) => !open.data || isChore(need)).slice(0, needsShown - questions.length);
  const more = waitingFor(status) - questions.length - needs.length;
  return (
    <section className={s.needs} aria-label="Needs you">
      {questions.map((one) => (
        <ApprovalCard key={one.id} approval={one} />
      ))}
      {needs.map((need) => (
        <NeedCard key={need.id || need.text} need={need} />
      ))}
      {more > 0 && <Link href="/inbox">{more} more in the inbox</Link>}
    </section>
  );
}

const illFirst = (a: Agent, b: Agent) => Number(isFaulty(b)) - Number(isFaulty(a)) || byName(a.ref, b.ref);

function Agents({ agents }: { agents: Agent[] }) {
  const [only, setOnly] = useInUrl('faults');
  const [text, setText] = useInUrl('q');
  const fitting = useMemo(() => {
    const wanted = text.toLowerCase();
    const fits = (agent: Agent) =>
      (!only || isFaulty(agent)) &&
      (!wanted ||
        `${agent.ref} ${agent.name} ${agent.task?.title ?? ''} ${agent.reason}`.toLowerCase().includes(wanted));
    return agents.filter(fits).sort(illFirst);
  }, [agents, only, text]);
  const { shown, more } = useFew(fitting, agentsShown);
  if (agents.length === 0) {
    return (
      <Empty title="No agents yet">
        <p>Any program becomes a supervised agent:</p>
        <CopyLine text="lazaret run --name scout -- python3 agent.py" />
        <p>Or see a fleet at work, and being harassed:</p>
        <CopyLine text="lazaret demo" />
      </Empty>
    );
  }
  const faults = agents.filter(isFaulty).length;
  return (
    <Card
      flush
      title={`Agents (${ofText(fitting.length, agents.length)})`}
      actions={
        <>
          <Search label="Search agents" value={text} onChange={setText} />
          <label className={s.switch}>
            <input
              type="checkbox"
              checked={only !== ''}
              onChange={(event) => setOnly(event.target.checked ? '1' : '')}
            />{' '}
            Faults only ({faults})
          </label>
        </>
      }
    >
      {shown.length > 0 ? (
        <AgentTable agents={shown} />
      ) : (
        <p className={s.none}>{only && !text ? 'No agent is ill.' : 'No agent fits.'}</p>
      )}
      {more}
    </Card>
  );
}

function LastEvents() {
  const live = useRecentEvents();
  const past = useOperation('events.list', { limit: eventsAsked, newest: true });
  const events = useMemo(() => {
    const known = new Map([...(past.data?.events ?? []), ...live].map((event) => [event.number, event]));
    const telling = [...known.values()].filter((event) => !routine.has(event.kind));
    return telling.sort((a, b) => b.number - a.number).slice(0, eventsShown);
  }, [past.data, live]);
  return (
    <Card title="Last events" actions={<Link href="/events">All</Link>}>
      {events.length === 0 ? (
        <p className="faint">Nothing has happened yet.</p>
      ) : (
        <ul>
          {events.map((event) => (
            <EventLine key={event.number} event={event} />
          ))}
        </ul>
      )}
    </Card>
  );
}
