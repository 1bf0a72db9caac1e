// Three ways to become an agent of this fleet.
import { Tabs } from 'radix-ui';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { useInUrl } from '../../ui/url';
import { Snippet } from './snippet';
import s from './connect.module.css';

const variables: [string, string][] = [
  ['LAZARET_URL', 'where this daemon is'],
  ['LAZARET_TOKEN', 'the agent’s own token; good for this incarnation only'],
  ['LAZARET_AGENT', 'its name'],
  ['LAZARET_CELL', 'its mission'],
  ['LAZARET_INCARNATION', 'which life this is'],
  ['LAZARET_TASK', 'the task it had, if it had one'],
  ['LAZARET_CELL_DIR', 'the mission’s directory'],
  ['LAZARET_WORK_DIR', 'its own directory, where it begins'],
  ['LAZARET_ARTIFACT_DIR', 'where artifacts go'],
  ['LAZARET_CHECKPOINT_DIR', 'where it stages what it saves'],
  ['LAZARET_CHECKPOINT', 'what it saved last, if anything'],
];

export function AgentSnippets() {
  const [tab, setTab] = useInUrl('agent', 'run');
  return (
    <Card title="An agent">
      <Tabs.Root value={tab} onValueChange={setTab} className={s.tabs}>
        <Tabs.List className={`${s.tabList} sideways`} aria-label="Ways to become an agent">
          <Tabs.Trigger value="run">Run it here</Tabs.Trigger>
          <Tabs.Trigger value="beat">From anywhere</Tabs.Trigger>
          <Tabs.Trigger value="environment">What it finds</Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="run" className={s.tab}>
          <p>Any program becomes a supervised agent: started, kept alive, revived when it dies.</p>
          <CopyLine text="lazaret run --name scout -- python3 agent.py" />
        </Tabs.Content>
        <Tabs.Content value="beat" className={s.tab}>
          <p>
            A program that runs elsewhere is watched as soon as it beats. A line in a loop is enough; a name that is not
            known becomes an external agent.
          </p>
          <CopyLine text={`curl -s -X POST ${window.location.origin}/heartbeat/my-script -d '{"progress": 1}'`} />
          <p className="faint small">On this machine it needs no key. From another one, add a key:</p>
          <CopyLine
            text={`curl -s -X POST ${window.location.origin}/heartbeat/my-script -H "Authorization: Bearer $LAZARET_KEY" -d '{"progress": 1}'`}
          />
        </Tabs.Content>
        <Tabs.Content value="environment" className={s.tab}>
          <p>An agent that was started here finds in its environment:</p>
          <dl className={s.variables}>
            {variables.map(([name, what]) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <p>So a beat, and the next task, are:</p>
          <Snippet
            label="A beat and the next task"
            text={
              'curl -s -X POST "$LAZARET_URL/heartbeat/$LAZARET_AGENT" -H "Authorization: Bearer $LAZARET_TOKEN"\ncurl -s -X POST "$LAZARET_URL/api/v1/next-work?wait_seconds=20" -H "Authorization: Bearer $LAZARET_TOKEN" -H "Content-Type: application/json" -d \'{}\''
            }
          />
        </Tabs.Content>
      </Tabs.Root>
    </Card>
  );
}
