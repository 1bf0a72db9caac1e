// The agents of a mission, as on the fleet's page.
import { isFaulty } from '../../api/agents';
import type { Agent, Cell } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { byName } from '../../ui/natural';
import { Empty, Shown } from '../../ui/shown';
import { AgentTable } from '../fleet/agent_table';
import { shortCell } from './command';

const illFirst = (a: Agent, b: Agent) => Number(isFaulty(b)) - Number(isFaulty(a)) || byName(a.agent_id, b.agent_id);

export function MissionAgents({ cell }: { cell: Cell }) {
  const agents = useOperation('agent.list', { cell: cell.cell_id, limit: 1_000 }, { every: 3, all: 'agents' });
  return (
    <Shown of={agents}>
      {(data) =>
        data.agents.length > 0 ? (
          <Card flush title={`Agents (${data.agents.length.toLocaleString()})`}>
            <AgentTable agents={[...data.agents].sort(illFirst)} />
          </Card>
        ) : (
          <Empty title="No agents yet">
            <p>Nobody works on this mission. Any program can:</p>
            <CopyLine text={`lazaret agent add ${shortCell(cell.cell_id)} scout -- python3 agent.py`} />
          </Empty>
        )
      }
    </Shown>
  );
}
