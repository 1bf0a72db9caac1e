// HarborForge's tools in an agent host that speaks MCP, over stdio.
import { Tabs } from 'radix-ui';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { useInUrl } from '../../ui/url';
import { Snippet } from './snippet';
import s from './connect.module.css';

const mcpJson = JSON.stringify(
  { mcpServers: { 'harbor-forge': { type: 'stdio', command: 'lazaret', args: ['plugin'] } } },
  null,
  2,
);

export function McpSnippets() {
  const [tab, setTab] = useInUrl('mcp', 'claude');
  const config = JSON.stringify(
    { backendUrl: window.location.origin, apiKey: '…', monitor_push_enabled: true },
    null,
    2,
  );
  return (
    <Card title="An MCP client">
      <Tabs.Root value={tab} onValueChange={setTab} className={s.tabs}>
        <Tabs.List className={`${s.tabList} sideways`} aria-label="Ways to connect an MCP client">
          <Tabs.Trigger value="claude">Claude Code</Tabs.Trigger>
          <Tabs.Trigger value="json">.mcp.json</Tabs.Trigger>
          <Tabs.Trigger value="config">config.json</Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="claude" className={s.tab}>
          <p>The client starts it, over stdio:</p>
          <CopyLine text="claude mcp add harbor-forge -- lazaret plugin" />
        </Tabs.Content>
        <Tabs.Content value="json" className={s.tab}>
          <p>
            For hosts that read <code>.mcp.json</code>:
          </p>
          <Snippet label=".mcp.json" text={mcpJson} />
        </Tabs.Content>
        <Tabs.Content value="config" className={s.tab}>
          <p>
            Without this file it sends nothing anywhere. With it, in{' '}
            <code>~/.plexum/plugins/harbor-forge/config.json</code>, this Lazaret is its backend; the key is the one
            that registering a server shows.
          </p>
          <Snippet label="config.json" text={config} />
        </Tabs.Content>
      </Tabs.Root>
      <p className={`${s.note} faint small`}>Over HTTP there is none yet: this Lazaret has no /mcp.</p>
    </Card>
  );
}
