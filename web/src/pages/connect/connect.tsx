// How programs, agents and people reach this Lazaret, and whom it reaches.
import { PageHead } from '../../ui/card';
import { countText } from '../../ui/amounts';
import { AgentSnippets } from './agent_snippets';
import { BrowserCard } from './browser_card';
import { CallersCard } from './callers';
import { KeysCard } from './keys';
import { LinksCard, useLinks } from './links';
import { McpSnippets } from './mcp_snippets';
import { PresenceCard } from './presence';
import { ServersCard } from './servers';
import s from './connect.module.css';

export default function Connect() {
  return (
    <>
      <Sentence />
      <div className={s.columns}>
        <AgentSnippets />
        <McpSnippets />
      </div>
      <LinksCard />
      <KeysCard />
      <div className={s.columns}>
        <ServersCard />
        <CallersCard />
      </div>
      <div className={s.columns}>
        <PresenceCard />
        <BrowserCard />
      </div>
    </>
  );
}

function Sentence() {
  const links = useLinks();
  const failing = (links.data?.links ?? []).filter((one) => one.state === 'failing');
  const title =
    failing.length > 0 ? (
      <span className={s.failing}>{countText(failing.length, 'link')} cannot be reached</span>
    ) : (
      'Connect'
    );
  return (
    <PageHead
      title={title}
      about={
        <>
          This Lazaret is at <code>{window.location.origin}</code>.
        </>
      }
    />
  );
}
