// The tasks as a graph, from left to right: what has to be done first stands further left.
import '@xyflow/react/dist/style.css';
import { useEffect, useMemo, useRef } from 'react';
import { ControlButton, Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, type Edge } from '@xyflow/react';
import { useInUrl } from '../../../ui/url';
import type { ViewProps } from '../mission';
import { countText } from '../../../ui/amounts';
import { stageOf, type Tasks } from '../model';
import { edgesOf, nodesOf } from './draw';
import type { Shape } from './folding';
import type { Places } from './layout';
import type { LaidOut } from './layouts';
import { fits, looksOf } from './looks';
import { DrawnBox, GraphActions, type DrawnNode } from './node';
import { nodeHeight, nodeWidth } from './size';
import { stepFrom } from './steps';
import { Toolbar } from './toolbar';
import { useShape } from './use_shape';
import s from './graph.module.css';

const foldsBeyond = 24; // tasks
const readable = 0.6; // the least zoom at which titles can be read
const begins = 0.8; // the zoom at which a large graph is first seen
const nodeTypes = { drawn: DrawnBox };
const nothing: LaidOut = { shape: { nodes: [], edges: [], nodeOf: new Map() }, places: new Map() };

export default function Graph(props: ViewProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ tasks, chosen, onChoose }: ViewProps) {
  const [text, setText] = useInUrl('q');
  const [critical, setCritical] = useInUrl('chain', '1');
  const [folding, setFolding] = useInUrl('fold', tasks.list.length > foldsBeyond ? '1' : '0');
  const { drawn, layingOut, fresh, opened, open, closeAll, foldFinished } = useShape(tasks, folding === '1');
  const { shape, places } = drawn ?? nothing;
  const looks = useMemo(
    () => looksOf(tasks, shape, { chosen, text, critical: critical === '1' }),
    [tasks, shape, chosen, text, critical],
  );
  const nodes = useMemo(() => nodesOf(tasks, shape, places, looks, chosen), [tasks, shape, places, looks, chosen]);
  const edges = useMemo(() => edgesOf(shape, looks), [shape, looks]);
  const { box, show, showAll } = useView(shape, places, tasks, chosen);
  const unfolded = useRef(''); // the first task of the group that was opened last, until it is shown
  useEffect(() => {
    if (!places.has(unfolded.current)) return;
    show(unfolded.current, true);
    unfolded.current = '';
  }, [places]);
  // Opens a group and goes to one of its tasks; false where the node is none.
  const unfold = (node: string, isWanted: (task: string) => boolean) => {
    const group = shape.nodes.find((one) => one.id === node && one.kind !== 'task');
    if (!group) return false;
    unfolded.current = group.members.find(isWanted) ?? group.members[0]!;
    open(node);
    return true;
  };
  const actions = useMemo(
    () => ({
      act: (node: string) => void (unfold(node, () => true) || onChoose(node === chosen ? '' : node)),
      step: (node: string, key: string) => {
        const next = stepFrom(shape, places, node, key);
        if (next !== undefined) show(next, true);
        return next !== undefined;
      },
    }),
    [shape, places, chosen, onChoose],
  );
  return (
    <>
      <Toolbar
        {...{ tasks, text, setText, found: drawn && looks.found, fresh, opened, closeAll, foldFinished }}
        onFound={(node) => void (unfold(node, (task) => fits(tasks, task, text)) || show(node, true))}
        critical={critical === '1'}
        setCritical={(on) => setCritical(on ? '1' : '0')}
        folds={folding === '1'}
        setFolds={(on) => setFolding(on ? '1' : '0')}
      />
      <div ref={box} className={s.box} aria-busy={layingOut || undefined}>
        <p role="status" className={s.layingOut}>
          {layingOut && `Laying out ${countText(tasks.list.length, 'task')} …`}
        </p>
        <GraphActions.Provider value={actions}>
          {drawn && <Flow nodes={nodes} edges={edges} showAll={showAll} />}
        </GraphActions.Provider>
      </div>
    </>
  );
}

function Flow({ nodes, edges, showAll }: { nodes: DrawnNode[]; edges: Edge[]; showAll: () => void }) {
  return (
    <ReactFlow<DrawnNode>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      minZoom={0.04}
      maxZoom={1.6}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      onlyRenderVisibleElements
      attributionPosition="top-right"
      aria-label="Graph of the tasks"
    >
      <Controls showInteractive={false} showFitView={false}>
        <ControlButton onClick={showAll} title="All of it" aria-label="All of it">
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M1 1h5v2H3v3H1zM10 1h5v5h-2V3h-3zM1 10h2v3h3v2H1zM13 10h2v5h-5v-2h3z" />
          </svg>
        </ControlButton>
      </Controls>
      <MiniMap
        pannable
        zoomable
        style={{ width: 150, height: 112 }}
        ariaLabel="The whole graph"
        nodeClassName={(node) => s[`mini_${node.data.stage || node.data.kind}`] ?? ''}
      />
    </ReactFlow>
  );
}

// What is in sight: all of it where that can be read, else where the work is; then whatever is chosen.
function useView(shape: Shape, places: Places, tasks: Tasks, chosen: string) {
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  const begun = useRef(false);
  const show = (node: string, focus: boolean) => {
    const at = places.get(node);
    if (!at) return;
    void flow.setCenter(at.x + nodeWidth / 2, at.y + nodeHeight / 2, {
      zoom: Math.max(flow.getZoom(), readable),
      duration: 200,
    });
    if (focus)
      window.setTimeout(
        () =>
          box.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(node)}"]`)?.focus({ preventScroll: true }),
        260,
      );
  };
  const extent = () => {
    const all = [...places.values()];
    return {
      x: 0,
      y: 0,
      width: Math.max(...all.map((at) => at.x + nodeWidth)),
      height: Math.max(...all.map((at) => at.y + nodeHeight)),
    };
  };
  const showAll = () => void flow.fitBounds(extent(), { padding: 0.05, duration: 200 });
  useEffect(() => {
    if (begun.current || places.size === 0) return;
    begun.current = true;
    const size = box.current!.getBoundingClientRect();
    const { width: right, height: bottom } = extent();
    const zoom = Math.min(1, (size.width - 40) / right, (size.height - 40) / bottom);
    if (zoom >= readable)
      return void flow.setViewport({ x: (size.width - right * zoom) / 2, y: (size.height - bottom * zoom) / 2, zoom });
    const work =
      tasks.list.find((task) => stageOf(task) === 'in_progress') ??
      tasks.list.find((task) => stageOf(task) === 'failed') ??
      tasks.list.find((task) => stageOf(task) === 'ready');
    const leftmost = [...places.values()].reduce((a, b) => (b.x < a.x ? b : a), { x: Infinity, y: 0 });
    const at = places.get(shape.nodeOf.get(work?.task_id ?? '') ?? '') ?? leftmost;
    const y =
      bottom * begins + 48 <= size.height
        ? (size.height - bottom * begins) / 2
        : Math.min(24, size.height / 2 - at.y * begins);
    void flow.setViewport({ x: 24 - Math.max(0, at.x - nodeWidth / 2) * begins, y, zoom: begins });
  }, [places]);
  const node = shape.nodeOf.get(chosen);
  const isDrawn = node !== undefined;
  useEffect(() => {
    const at = isDrawn ? places.get(node) : undefined;
    const size = box.current?.getBoundingClientRect();
    if (!at || !size) return;
    const { x, y, zoom } = flow.getViewport();
    const [left, top] = [at.x * zoom + x, at.y * zoom + y];
    const isInSight =
      left >= 0 && top >= 0 && left + nodeWidth * zoom <= size.width && top + nodeHeight * zoom <= size.height;
    if (!isInSight) show(node!, false);
  }, [chosen, isDrawn]);
  return { box, show, showAll };
}
