// Why it is in this state: the rule that fired, the setting behind it, what comes next, and the evidence.
import { useState } from 'react';
import { useOperation } from '../../api/use';
import type { Agent, Why } from '../../api/generated';
import { stateOf } from '../../api/agents';
import { cliLine } from '../../api/client';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { wordText } from '../../ui/amounts';
import { Time } from '../../ui/time';
import { Fact, Facts } from './facts';
import s from './agent.module.css';

const evidenceShown = 10;

export function WhyCard({ agent }: { agent: Agent }) {
  const why = useOperation('agent.why', { agent: agent.ref }, { every: 15 });
  return (
    <Card title={titleOf(agent, why.data?.state ?? agent.process)}>
      <Shown of={why} rows={5}>
        {(data) => (
          <div className={s.why}>
            <p className={s.sentence}>{data.sentence}</p>
            <Facts>
              {data.rule && <Fact name="Rule">{data.rule}</Fact>}
              {data.setting && (
                <Fact name="Setting">
                  <code>{data.setting}</code>{' '}
                  {data.setting_place && <span className="faint small">in {data.setting_place}</span>}
                </Fact>
              )}
              {data.next && (
                <Fact name="Next">
                  <Next text={data.next} />
                </Fact>
              )}
            </Facts>
            <Evidence evidence={data.evidence} />
            <CopyLine text={cliLine('agent.why', { agent: agent.ref })} />
          </div>
        )}
      </Shown>
    </Card>
  );
}

// The process is what is explained, and who holds it; how it fares inside, such as being idle, is another matter.
function titleOf(agent: Agent, explained: string): string {
  const state = stateOf(agent);
  if (state === 'frozen' || state === 'paused') return `Why it is ${state}`;
  const ofProcess = state !== explained && explained !== 'external';
  return `Why ${ofProcess ? 'its process' : 'it'} is ${wordText(explained)}`;
}

// "a person decides: lazaret agent start scout": the command is there to be copied.
function Next({ text }: { text: string }) {
  const at = text.search(/\blazaret [a-z]/);
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <CopyLine text={text.slice(at)} />
    </>
  );
}

function Evidence({ evidence }: { evidence: Why['evidence'] }) {
  const [all, setAll] = useState(false);
  if (evidence.length === 0) return <p className="faint">The journal has no evidence for it yet.</p>;
  const hidden = all ? 0 : Math.max(0, evidence.length - evidenceShown);
  return (
    <section>
      <h3>Evidence, oldest first</h3>
      {hidden > 0 && (
        <Button size="small" look="quiet" onClick={() => setAll(true)}>
          Show {hidden} older
        </Button>
      )}
      <ol className={s.evidence} tabIndex={0} aria-label="Evidence">
        {evidence.slice(hidden).map((one, i) => (
          <li key={i}>
            <span className="faint">
              <Time at={one.at} />
            </span>
            <span className={s.kind}>{wordText(one.kind)}</span>
            <span className={s.text}>{one.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
