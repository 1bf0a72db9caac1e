// The agents of a mission, as on the fleet's page.
import type { Cell } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Empty, Shown } from '../../ui/shown';
import { AgentTable } from '../fleet/agent_table';
import { shortCell } from './command';

export function MissionAgents({ cell }: { cell: Cell }) {
  const agents = useOperation('agent.list', { cell: cell.cell_id, limit: 1_000 }, { every: 3, all: 'agents' });
  return (
    <Shown of={agents}>
      {(data) =>
        data.agents.length > 0 ? (
          <Card flush title={`Agents (${data.agents.length.toLocaleString()})`}>
            <AgentTable agents={data.agents} />
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
