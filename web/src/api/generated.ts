// Generated from the operations table by web/generate.mjs. Do not edit: scripts/web-types writes it anew.

export type Any = unknown;

export type Text = string;

export type Time = string | null;

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  place?: string;
  remedy?: string;
}

export interface Stopping {
  stopping: boolean;
  keep_agents: boolean;
}

export interface Done {
  status: "done";
  id?: string;
  detail?: string;
}

export interface Need {
  id: string;
  text: string;
  command: string;
  default: "yes" | "no" | null;
  deadline: Time;
}

export interface Status {
  sentence: string;
  at: Time;
  counts: Record<string, number>;
  needs_you: Need[];
  frozen: boolean;
  stopping?: boolean;
  adopting?: boolean;
  trouble?: string | null;
  troubled_cells?: TroubledCells;
  trouble_place?: string;
  trouble_remedy?: string;
  machine?: string[];
  daemon: {
    version: string;
    pid?: number;
    epoch?: number;
    uptime_seconds?: number;
    cpu_percent?: number;
    memory_bytes?: number;
    recorded_facts?: number;
    connections?: number;
  };
}

export interface Telemetry {
  host: {
    cpu_percent?: number | null;
    memory_percent?: number;
    swap_percent?: number;
    disk_percent?: number;
    load?: number[];
    uptime_seconds?: number;
    pressure?: Pressure;
  } | null;
  cells?: {
    cell_id: string;
    mission_name: string;
    bytes: number;
    files: number;
    partial?: boolean;
  }[];
  agents: ({
    agent: string;
    cell: string;
    cpu_seconds?: number;
    cpu_percent?: number | null;
    memory_bytes?: number;
    processes?: number;
    io_bytes?: number;
  })[];
}

export type Pressure = {
  cpu?: {
    some?: number;
  };
  memory?: {
    some?: number;
    full?: number;
  };
  io?: {
    some?: number;
    full?: number;
  };
} | null;

export interface TelemetryHistory {
  interval_seconds: number;
  host: ({
    at: Time;
    cpu_percent: number | null;
    memory_percent: number;
    swap_percent: number;
    disk_percent: number;
    load_1: number;
    pressure: Pressure;
  })[];
}

export interface Presence {
  fabric_user_id: string;
  status: "idle" | "on_call" | "busy" | "exhausted" | "offline" | "unknown";
  source?: string | null;
  updated_at?: Time;
}

export interface Event {
  number: number;
  at: Time;
  kind: string;
  cell: string | null;
  agent: string | null;
  task: string | null;
  text: string;
  body: unknown;
}

export interface EventPage {
  events: Event[];
  next: number;
  oldest_kept?: number;
}

export interface Key {
  id: string;
  name: string;
  scope: string;
  created_at: Time;
  expires_at?: Time;
  ended?: string | null;
}

export interface Session {
  name: string | null;
  scope: "admin" | "operator" | "viewer" | null;
  until: Time;
  key: string | null;
}

export interface ArtifactList {
  artifacts: ({
    path: string;
    bytes: number;
    modified_at: Time;
    task_id: string | null;
  })[];
  more: boolean;
}

export interface LinkList {
  links: Link[];
}

export interface Link {
  link: string;
  kind: "webhook" | "ntfy" | "harborforge" | "bridge" | "fabric";
  url: string;
  state: "ok" | "failing" | "never" | "off";
  last_at: Time;
  last_ok_at: Time;
  error: string | null;
  sent: number;
  waiting: number;
}

export interface LinkTest {
  ok: boolean;
  detail: string;
  took_ms: number;
}

export interface SignInLink {
  url: string;
  expires_at: Time;
}

export interface KeyList {
  keys: Key[];
}

export type KeyMade = Key & {
  key: string;
};

export interface Heartbeat {
  status: "ok";
  agent_id: string;
  timestamp: Time;
  next_heartbeat: number;
}

export interface AgentHealth {
  agent_id: string;
  status: "unknown" | "healthy" | "degraded" | "unhealthy";
  last_heartbeat: Time;
  last_response: Time;
  consecutive_failures: number;
  response_time: number;
  error_message: string | null;
  metadata: Record<string, unknown>;
}

export interface FleetHealth {
  timestamp: Time;
  total_agents: number;
  healthy: number;
  degraded: number;
  unhealthy: number;
  agents: Record<string, AgentHealth>;
}

export interface Checkpoint {
  checkpoint: string;
  saved_at: Time;
  incarnation?: number;
  task?: string | null;
  bytes: number;
  files: number;
  artifacts?: string[];
  manifest_hash?: string;
  context_hash?: string | null;
  workspace?: string | null;
  proven_at?: Time;
  broken?: string | null;
}

export interface Checkpoints {
  agent_id: string;
  cell_id: string;
  checkpoints: Checkpoint[];
  went_on_from: {
    agent?: string;
    checkpoint?: string;
  } | null;
  next?: string | null;
  asked: {
    before?: string;
    reason?: string;
    since?: Time;
  } | null;
}

export interface Rehearsal {
  checkpoint: string;
  restorable: boolean;
  reason: string;
}

export interface CheckpointDifference {
  from: string;
  to: string;
  files: ({
    path: string;
    change: "added" | "removed" | "changed";
    bytes_before?: number;
    bytes_after?: number;
  })[];
}

export type Exit = {
  kind: "exited" | "signalled" | "out_of_memory" | "never_started" | "lost";
  code: number;
  signal: number;
  detail: string;
  last_lines: string[];
  limit?: {
    until?: Time;
    line?: string;
  } | null;
} | null;

export interface Agent {
  agent_id: string;
  cell_id: string;
  ref: string;
  name: string;
  role: "lead" | "write" | "read" | "audit";
  capabilities?: string[];
  gateway?: string;
  process: "stopped" | "starting" | "running" | "stopping" | "backoff" | "quarantined" | "awaiting_approval" | "external";
  since: string | null;
  reason: string;
  incarnation: number;
  pid: number | null;
  spawned_at?: Time;
  wanted: boolean;
  finished?: boolean;
  paused: boolean;
  frozen: boolean;
  paused_since?: Time;
  frozen_since?: Time;
  halted?: boolean;
  tries?: number;
  deaths?: number;
  backoff_until?: Time;
  last_exit?: Exit;
  approval?: string | null;
  stands_in_for?: string | null;
  replaced_by?: string | null;
  health: "unknown" | "healthy" | "degraded" | "unhealthy";
  health_reason?: string;
  failures?: number;
  activity: "offline" | "idle" | "working" | "busy" | "rate_limited";
  activity_since?: Time;
  rate_limited_until?: Time;
  hang?: string;
  account?: string | null;
  waits_for_account?: Time;
  task: {
    task_id: string;
    title: string;
  } | null;
  wake?: Record<string, unknown> | null;
  waiting_wake?: Record<string, unknown> | null;
  run?: Record<string, unknown> | null;
  limits?: {
    milli_cpus?: number | null;
    memory_bytes?: number | null;
    disk_bytes?: number | null;
    pids?: number | null;
  };
  last_checkpoint?: {
    checkpoint: string;
    saved_at: Time;
    proven_at: Time;
    broken: boolean;
  } | null;
  last_beat?: Time;
  beats?: number;
  spend?: Spend;
  progress?: number;
  beat_interval_seconds?: number;
  recent?: number[];
  cpu_percent?: number;
  memory_bytes?: number;
  processes?: number;
  io_bytes?: number;
}

export interface AgentPage {
  agents: Agent[];
  next: string | null;
}

export interface Why {
  what: "agent" | "task" | "wake" | "approval" | "mission" | "plan" | "slot";
  subject: string;
  agent: string | null;
  cell: string | null;
  task: string | null;
  state: string;
  since: string | null;
  reason: string;
  sentence: string;
  rule: string;
  setting: string;
  setting_place: string;
  next: string;
  evidence: {
    at: Time;
    age_seconds?: number;
    kind: string;
    text: string;
  }[];
}

export interface LogLines {
  lines: string[];
  next: number;
  gap?: boolean;
  first?: number;
  continues?: boolean;
}

export interface WakeMade {
  wake: string;
  fate: "waiting" | "started" | "finished" | "failed" | "replaced" | "dropped";
}

export interface Wake {
  id: string;
  agent: string;
  cell: string;
  message: string;
  source: string;
  accepted?: Time;
  changed?: Time;
  fate: "waiting" | "started" | "finished" | "failed" | "replaced" | "dropped";
  detail?: string;
}

export interface WakePage {
  wakes: Wake[];
  next: string | null;
}

export interface AccountList {
  accounts: Account[];
}

export interface Account {
  account: string;
  agents: number;
  at_once: number | null;
  stagger_seconds: number;
  running: number;
  waiting: number;
  limited: {
    until?: Time;
    since?: Time;
    by?: string;
    reason?: string;
  } | null;
  approval: string | null;
  running_agents?: string[];
  waiting_agents?: {
    agent?: string;
    since?: Time;
  }[];
}

export interface Approval {
  id: string;
  kind: "revival" | "hang" | "question" | "handoff" | "budget" | "account";
  account?: string | null;
  question: string;
  opened?: Time;
  deadline: Time;
  default: "yes" | "no";
  cell?: string | null;
  agent?: string | null;
  task?: string | null;
  open: boolean;
  answer: "yes" | "no" | null;
  by?: string | null;
  reason?: string;
}

export interface ApprovalPage {
  approvals: Approval[];
  next: string | null;
}

export interface ApprovalMade {
  approval: string;
}

export interface Cell {
  cell_id: string;
  mission_name: string;
  path?: string;
  status: "active" | "paused" | "completed" | "failed";
  reason?: string;
  started?: boolean;
  since?: string | null;
  needs?: string | null;
  created_at?: Time;
  created_by?: string;
  agents: number;
  agent_ids?: string[];
  max_agents?: number;
  tasks: number;
  open_tasks?: number;
  task_counts?: Record<string, number>;
  timeout?: number;
  isolation?: string;
  policies?: Record<string, unknown>;
  spend?: Spend;
}

export interface CellPage {
  cells: Cell[];
  troubled?: TroubledCells;
  next: string | null;
}

export type TroubledCells = ({
  directory: string;
  path: string;
  state: "stale" | "incomplete" | "uninitialised" | "unsafe";
  problems: number;
  first: string | null;
})[];

export interface Graph {
  cell_id: string;
  tasks: ({
    task_id: string;
    title: string;
    status: string;
    owner?: string | null;
    assigned_to?: string | null;
  })[];
  edges: {
    from: string;
    to: string;
  }[];
}

export interface Settings {
  settings: ({
    setting: string;
    value: string | number;
    source: "default" | "file" | "environment" | "flag";
    place: string;
    flag?: string;
    environment?: string;
    default?: string;
    why?: string;
  })[];
}

export interface LintPage {
  faults: ({
    place: string;
    file?: string;
    line?: number;
    column?: number;
    pointer?: string;
    severity?: "error" | "warning";
    found?: string;
    expected?: string;
    message: string;
    remedy?: string;
  })[];
}

export interface Amounts {
  wall_seconds?: number | null;
  cpu_seconds?: number | null;
  spawns?: number | null;
  tokens?: number | null;
  usd?: number | null;
}

export interface Spend {
  spent: Amounts;
  reserved: Amounts;
  caps: Amounts;
  held: string | null;
}

export type SpendRecorded = Spend & {
  reservation: string | null;
};

export interface HandoffMade {
  detail: string;
  status: "done" | "waiting";
  approval: string | null;
}

export interface Task {
  task_id: string;
  cell_id: string;
  title: string;
  description?: string;
  status: "pending" | "in_progress" | "reported" | "completed" | "failed";
  since: Time;
  reason: string;
  assigned_to: string | null;
  owner: string | null;
  owner_incarnation: number;
  claim: number;
  tries: number;
  max_tries?: number;
  priority: "high" | "medium" | "low";
  dependencies: string[];
  open_dependencies?: number;
  needs?: {
    role?: string | null;
    capabilities?: string[];
  };
  timeout: number;
  artifacts?: string[];
  on_failure?: "retry" | "fail";
  input: unknown;
  cursor: unknown;
  result: string;
  verify: {
    command?: string[];
    timeout_seconds?: number;
  } | null;
  handoff?: Record<string, unknown> | null;
  handed_over?: Record<string, unknown> | null;
  spend?: Spend;
  created_at?: Time;
  completed_at?: Time;
}

export interface TaskPage {
  tasks: Task[];
  next: string | null;
}

export interface TasksMade {
  status: "done";
  task_ids: string[];
}

export interface Plan {
  id: number;
  agent: string;
  title?: string;
  prompt?: string | null;
  uid?: string | null;
  rule: Record<string, unknown>;
  start?: string | null;
  timezone: string;
  paused: boolean;
  paused_reason?: string | null;
  failures?: number;
  next: string[];
  past: ({
    time?: Time;
    virtual_id?: string;
    reason?: string | null;
    fate?: "fired" | "late" | "superseded" | "missed" | "skipped";
    slot?: number | null;
  })[];
}

export interface PlanPage {
  plans: Plan[];
  next: string | null;
}

export interface Slot {
  id: number | null;
  virtual_id: string | null;
  ident: string;
  plan?: number | null;
  agent: string;
  title?: string;
  uid?: string | null;
  at: Time;
  local_time?: string;
  status: "not_started" | "deferred" | "ongoing" | "paused" | "finished" | "aborted" | "skipped";
  fate?: "fired" | "late" | null;
  priority?: number;
  estimated_duration?: number;
  actual_duration?: number | null;
  started_at?: Time;
  ended_at?: Time;
  wake?: string | null;
  reason?: string | null;
}

export interface PlanPreview {
  times: ({
    at: Time;
    local_time: string;
    offset: string;
    note: string | null;
  })[];
  timezone: string;
  stop: "enough" | "over" | "gave_up";
}

export interface SlotPage {
  slots: Slot[];
  more: boolean;
  next: string | null;
}

export interface BackendSlot {
  slot_id: string;
  agent_id: string;
  status: "ongoing" | "paused" | "finished" | "aborted";
  actual_duration?: number;
}

export interface CalendarImport {
  dry_run: boolean;
  made: number;
  changed: number;
  unchanged: number;
  removed: number;
  left_out: number;
  events: ({
    line: number;
    uid: string;
    title: string;
    agent: string;
    what: string;
    became: "made" | "changed" | "unchanged" | "removed" | "left_out";
    id: number | null;
    at: Time;
    reason: string | null;
  })[];
}

export interface CalendarAgent {
  agent: string;
  claw_identifier: string;
  timezone?: string;
  status: "idle" | "on_call" | "busy" | "exhausted" | "offline";
  since?: Time;
  reason?: string | null;
  last_heartbeat?: Time;
  exhausted_at?: Time;
  recovery_at?: Time;
}

export interface CalendarAgentPage {
  agents: CalendarAgent[];
  next: string | null;
}

export interface ServerList {
  servers: {
    identifier?: string;
    registered_at?: Time;
    last_seen_at?: Time;
  }[];
}

export interface ServerState {
  identifier: string;
  last_seen_at: Time;
  report?: Record<string, unknown> | null;
  history: Record<string, unknown>[];
}

export interface NextWork {
  task: Task | null;
}

export interface HfAgentHeartbeat {
  claw_identifier?: string;
  agent_id?: string;
}

export interface HfSlot {
  id?: number;
  virtual_id?: string;
  date: string;
  scheduled_at: string;
  due_at: string;
  slot_type: "work" | "on_call" | "entertainment" | "system";
  estimated_duration: number;
  status: "not_started" | "deferred" | "ongoing" | "paused" | "finished" | "aborted" | "skipped";
  priority: number;
  event_type: "job" | "entertainment" | "system_event" | null;
  event_data: Record<string, unknown> | null;
  started_at: string | null;
  attended: boolean | null;
  actual_duration: number | null;
  plan_id: number | string | null;
  user_id: number | string | null;
}

export interface HfAgentSlots {
  slots: HfSlot[];
  agent_status: "idle" | "on_call" | "busy" | "exhausted" | "offline";
  message?: string;
  timezone: string;
}

export interface HfSlotUpdate {
  status: string;
  started_at?: string | null;
  actual_duration?: number | null;
  reason?: string | null;
  summary?: string | null;
}

export interface HfAgentStatus {
  claw_identifier?: string;
  agent_id?: string;
  status: string;
  reason?: string | null;
  recovery_at?: string | number | null;
}

export type HfAgent = CalendarAgent & {
  agent_id: string;
};

export interface HfSync {
  full: boolean;
  schedules: Record<string, HfSlot[]>;
  syncToken: string;
}

export interface HfAgentLine {
  id: string | number;
  model?: string | null;
  status?: string | null;
}

export interface HfServerHeartbeat {
  identifier: string;
  api_key?: string | null;
  plugin_info?: {
    name?: string | null;
    version?: string | null;
    backend?: string | null;
  } | null;
  captured_at?: string | null;
  agent_list?: HfAgentLine[] | null;
}

export interface HfSlotsToFire {
  restart_pending: boolean;
  slots_to_fire: ({
    id: number | string;
    agent_id: string;
    title: string | null;
    prompt: string | null;
    wake_options?: {
      override_message?: string;
    };
  })[];
}

export interface HfMonitorHeartbeat {
  identifier: string;
  cpu_pct?: number | null;
  mem_pct?: number | null;
  disk_pct?: number | null;
  swap_pct?: number | null;
  load_avg?: number[] | null;
  uptime_seconds?: number | null;
  plugin_version?: string | null;
  openclaw_version?: string | null;
  nginx_installed?: boolean | null;
  nginx_sites?: string[] | null;
  agents?: HfAgentLine[] | null;
}

export interface HfMonitorSeen {
  status: "ok";
  identifier: string;
  last_seen_at: string;
}

export interface HfError {
  detail: string | unknown[];
}

export interface Inputs {
  "status": Record<string, never>;
  "telemetry": Record<string, never>;
  "telemetry.history": {
    seconds?: number;
  };
  "settings": Record<string, never>;
  "metrics": Record<string, never>;
  "openapi": Record<string, never>;
  "events.list": {
    since?: number;
    kind?: string;
    agent?: string;
    cell?: string;
    task?: string;
    text?: string;
    from?: string;
    until?: string;
    limit?: number;
    newest?: boolean;
  };
  "events.stream": {
    since?: number;
    kind?: string;
    agent?: string;
    cell?: string;
    task?: string;
    text?: string;
    from?: string;
    until?: string;
  };
  "note.add": {
    text: string;
    cell?: string;
  };
  "key.list": Record<string, never>;
  "key.add": {
    name: string;
    scope: string;
  };
  "key.remove": {
    id: string;
  };
  "sign_in.link": Record<string, never>;
  "session.show": Record<string, never>;
  "session.begin": {
    key: string;
  };
  "session.end": Record<string, never>;
  "fleet.freeze": {
    reason?: string;
  };
  "fleet.resume": {
    reason?: string;
  };
  "heartbeat": {
    agent: string;
    metadata?: Record<string, unknown>;
    progress?: number;
    response_time?: number;
    error?: string;
  } & Record<string, unknown>;
  "health": Record<string, never>;
  "health.agent": {
    agent: string;
  };
  "agent.list": {
    cell?: string;
    cursor?: string;
    limit?: number;
  };
  "agent.show": {
    agent: string;
  };
  "agent.logs": {
    agent: string;
    tail?: number;
    from?: number;
    hold?: number;
  };
  "agent.why": {
    agent: string;
  };
  "why": {
    of: string;
    cell?: string;
  };
  "agent.start": {
    agent: string;
    reason?: string;
  };
  "agent.stop": {
    agent: string;
    reason?: string;
  };
  "agent.kill": {
    agent: string;
    reason?: string;
  };
  "agent.pause": {
    agent: string;
    reason?: string;
  };
  "agent.resume": {
    agent: string;
    reason?: string;
  };
  "agent.freeze": {
    agent: string;
    reason?: string;
  };
  "agent.thaw": {
    agent: string;
    reason?: string;
  };
  "agent.wake": {
    agent: string;
    message: string;
    source?: string;
  };
  "wake.list": {
    agent?: string;
    cursor?: string;
    limit?: number;
  };
  "agent.activity": {
    agent: string;
    rate_limited_until?: string | null;
    reason?: string;
  };
  "agent.handoff": {
    agent: string;
    to: string;
    reason?: string;
  };
  "agent.spend": {
    agent: string;
    tokens?: number;
    usd?: number;
    reserve?: boolean;
    reservation?: string;
  };
  "approval.list": {
    open?: boolean;
    cursor?: string;
    limit?: number;
  };
  "approval.ask": {
    question: string;
    deadline_seconds?: number;
    default?: "yes" | "no";
    task?: string;
    cell?: string;
  };
  "approval.show": {
    id: string;
  };
  "approval.answer": {
    id: string;
    answer: "yes" | "no";
    reason?: string;
  };
  "checkpoint.list": {
    agent: string;
  };
  "checkpoint.save": {
    agent: string;
    workspace?: string;
  };
  "checkpoint.ask": {
    agent: string;
    reason?: string;
  };
  "checkpoint.rehearse": {
    agent: string;
    checkpoint?: string;
  };
  "checkpoint.restore": {
    agent: string;
    checkpoint: string;
  };
  "checkpoint.diff": {
    agent: string;
    from?: string;
    to?: string;
  };
  "account.list": Record<string, never>;
  "account.show": {
    account: string;
  };
  "account.set": {
    account: string;
    at_once?: number;
    stagger_seconds?: number;
  };
  "account.limit": {
    account: string;
    until: string | null;
    reason?: string;
  };
  "presence.get": {
    user: string;
  };
  "presence.put": {
    user: string;
    status: "idle" | "on_call" | "busy" | "exhausted" | "offline" | "unknown";
    source?: string;
  } & Record<string, unknown>;
  "link.list": Record<string, never>;
  "link.test": {
    link: string;
  };
  "backend.act": {
    action: "complete" | "abort" | "pause" | "resume";
    agent?: string;
    reason?: string;
  };
  "cell.list": {
    cursor?: string;
    limit?: number;
  };
  "cell.add": {
    unique_agent?: string;
    mission_name: string;
    template?: string;
  } & Record<string, unknown>;
  "cell.show": {
    cell: string;
  };
  "cell.remove": {
    cell: string;
    reason?: string;
  };
  "cell.graph": {
    cell: string;
  };
  "cell.lint": {
    cell: string;
  };
  "artifact.list": {
    cell: string;
  };
  "artifact.get": {
    cell: string;
    path: string;
  };
  "agent.add": {
    cell: string;
    agent_id: string;
  } & Record<string, unknown>;
  "cell.status": {
    cell: string;
    status: "active" | "paused" | "completed" | "failed";
    reason?: string;
  };
  "task.list": {
    cell: string;
    status?: "pending" | "in_progress" | "reported" | "completed" | "failed";
    cursor?: string;
    limit?: number;
  };
  "task.add": {
    cell: string;
    tasks?: unknown[];
  } & Record<string, unknown>;
  "task.show": {
    cell: string;
    task: string;
  };
  "next_work": {
    wait_seconds?: number;
    agent?: string;
  };
  "task.checkpoint": {
    cell: string;
    task: string;
    cursor: unknown;
  };
  "task.done": {
    cell: string;
    task: string;
    result?: string;
  };
  "task.fail": {
    cell: string;
    task: string;
    reason?: string;
  };
  "task.release": {
    cell: string;
    task: string;
    reason?: string;
  };
  "task.retry": {
    cell: string;
    task: string;
    reason?: string;
  };
  "task.assign": {
    cell: string;
    task: string;
    agent: string | null;
  };
  "task.depend": {
    cell: string;
    task: string;
    on: string;
  };
  "task.handoff": {
    cell: string;
    task: string;
    to: string;
    reason?: string;
  };
  "task.verify": {
    cell: string;
    task: string;
  };
  "plan.list": {
    agent?: string;
    cursor?: string;
    limit?: number;
  };
  "plan.add": {
    agent: string;
    title?: string;
    prompt?: string;
    slot_type?: "work" | "on_call" | "entertainment" | "system";
    estimated_duration?: number;
    priority?: number;
    event_type?: "none" | "job" | "entertainment" | "system_event";
    event_data?: Record<string, unknown>;
    rrule?: string;
    cron?: string;
    oncalendar?: string;
    start?: string;
    dates?: unknown[];
    exceptions?: unknown[];
    timezone?: string;
    gap?: "offset_before" | "offset_after" | "skip";
    fold?: "first" | "second" | "both";
    missed?: "skip" | "once" | "all";
    within_seconds?: number;
    overlap?: "queue_newest" | "skip" | "queue" | "cancel_other";
    jitter_seconds?: number;
    pause_after_failures?: number;
  };
  "plan.preview": {
    count?: number;
    rrule?: string;
    cron?: string;
    oncalendar?: string;
    start?: string;
    dates?: unknown[];
    exceptions?: unknown[];
    timezone?: string;
    gap?: "offset_before" | "offset_after" | "skip";
    fold?: "first" | "second" | "both";
  };
  "plan.show": {
    plan: number;
  };
  "plan.edit": {
    plan: number;
    agent?: string;
    title?: string;
    prompt?: string;
    slot_type?: "work" | "on_call" | "entertainment" | "system";
    estimated_duration?: number;
    priority?: number;
    event_type?: "none" | "job" | "entertainment" | "system_event";
    event_data?: Record<string, unknown>;
    rrule?: string;
    cron?: string;
    oncalendar?: string;
    start?: string;
    dates?: unknown[];
    exceptions?: unknown[];
    timezone?: string;
    gap?: "offset_before" | "offset_after" | "skip";
    fold?: "first" | "second" | "both";
    missed?: "skip" | "once" | "all";
    within_seconds?: number;
    overlap?: "queue_newest" | "skip" | "queue" | "cancel_other";
    jitter_seconds?: number;
    pause_after_failures?: number;
  };
  "plan.remove": {
    plan: number;
  };
  "plan.pause": {
    plan: number;
    reason?: string;
  };
  "plan.resume": {
    plan: number;
    reason?: string;
  };
  "slot.list": {
    agent?: string;
    from?: string;
    until?: string;
    cursor?: string;
    limit?: number;
  };
  "slot.add": {
    at: string;
    agent: string;
    title?: string;
    prompt?: string;
    slot_type?: "work" | "on_call" | "entertainment" | "system";
    estimated_duration?: number;
    priority?: number;
    event_type?: "none" | "job" | "entertainment" | "system_event";
    event_data?: Record<string, unknown>;
  };
  "slot.show": {
    slot: string;
  };
  "slot.edit": {
    slot: string;
    at?: string;
    agent?: string;
    title?: string;
    prompt?: string;
    slot_type?: "work" | "on_call" | "entertainment" | "system";
    estimated_duration?: number;
    priority?: number;
    event_type?: "none" | "job" | "entertainment" | "system_event";
    event_data?: Record<string, unknown>;
  };
  "slot.status": {
    slot: string;
    status: "deferred" | "ongoing" | "paused" | "finished" | "aborted" | "skipped";
    reason?: string;
  };
  "calendar.agents": {
    cursor?: string;
    limit?: number;
  };
  "calendar.register": {
    agent: string;
    claw_identifier: string;
    timezone?: string;
  };
  "calendar.unregister": {
    agent: string;
  };
  "calendar.ics": {
    agent?: string;
    access_key?: string;
  };
  "calendar.import": {
    text: string;
    agent?: string;
    timezone?: string;
    dry_run?: boolean;
  };
  "server.list": Record<string, never>;
  "server.register": {
    identifier: string;
  };
  "server.show": {
    server: string;
    limit?: number;
  };
}

export interface Outputs {
  "status": Status;
  "telemetry": Telemetry;
  "telemetry.history": TelemetryHistory;
  "settings": Settings;
  "metrics": string;
  "openapi": Any;
  "events.list": EventPage;
  "events.stream": string;
  "note.add": Done;
  "key.list": KeyList;
  "key.add": KeyMade;
  "key.remove": Done;
  "sign_in.link": SignInLink;
  "session.show": Session;
  "session.begin": Session;
  "session.end": Done;
  "fleet.freeze": Done;
  "fleet.resume": Done;
  "heartbeat": Heartbeat;
  "health": FleetHealth;
  "health.agent": AgentHealth;
  "agent.list": AgentPage;
  "agent.show": Agent;
  "agent.logs": LogLines;
  "agent.why": Why;
  "why": Why;
  "agent.start": Done;
  "agent.stop": Done;
  "agent.kill": Done;
  "agent.pause": Done;
  "agent.resume": Done;
  "agent.freeze": Done;
  "agent.thaw": Done;
  "agent.wake": WakeMade;
  "wake.list": WakePage;
  "agent.activity": Done;
  "agent.handoff": HandoffMade;
  "agent.spend": SpendRecorded;
  "approval.list": ApprovalPage;
  "approval.ask": ApprovalMade;
  "approval.show": Approval;
  "approval.answer": Done;
  "checkpoint.list": Checkpoints;
  "checkpoint.save": Checkpoint;
  "checkpoint.ask": Done;
  "checkpoint.rehearse": Rehearsal;
  "checkpoint.restore": Done;
  "checkpoint.diff": CheckpointDifference;
  "account.list": AccountList;
  "account.show": Account;
  "account.set": Account;
  "account.limit": Account;
  "presence.get": Presence;
  "presence.put": Presence;
  "link.list": LinkList;
  "link.test": LinkTest;
  "backend.act": BackendSlot;
  "cell.list": CellPage;
  "cell.add": Cell;
  "cell.show": Cell;
  "cell.remove": Done;
  "cell.graph": Graph;
  "cell.lint": LintPage;
  "artifact.list": ArtifactList;
  "artifact.get": string;
  "agent.add": Agent;
  "cell.status": Done;
  "task.list": TaskPage;
  "task.add": TasksMade;
  "task.show": Task;
  "next_work": NextWork;
  "task.checkpoint": Done;
  "task.done": Done;
  "task.fail": Done;
  "task.release": Done;
  "task.retry": Done;
  "task.assign": Done;
  "task.depend": Done;
  "task.handoff": HandoffMade;
  "task.verify": Done;
  "plan.list": PlanPage;
  "plan.add": Plan;
  "plan.preview": PlanPreview;
  "plan.show": Plan;
  "plan.edit": Plan;
  "plan.remove": Done;
  "plan.pause": Done;
  "plan.resume": Done;
  "slot.list": SlotPage;
  "slot.add": Slot;
  "slot.show": Slot;
  "slot.edit": Slot;
  "slot.status": Slot;
  "calendar.agents": CalendarAgentPage;
  "calendar.register": CalendarAgent;
  "calendar.unregister": Done;
  "calendar.ics": string;
  "calendar.import": CalendarImport;
  "server.list": ServerList;
  "server.register": KeyMade;
  "server.show": ServerState;
}

export const eventKinds: readonly string[] = ["daemon_started","adoption_finished","daemon_stopped","fleet_stopping","fleet_frozen","note_recorded","cell_defined","cell_removed","agent_defined","task_defined","mission_started","mission_status_changed","agent_wanted","agent_starting","agent_spawned","agent_ready","agent_adopted","agent_stable","agent_stopping","agent_killed","agent_exited","agent_backed_off","agent_quarantined","agent_awaits_approval","agent_released","agent_substituted","agent_paused","agent_frozen","agent_health_changed","agent_beats_began","agent_rate_limited","agent_stop_seen","agent_time_extended","hang_suspected","hang_evidence","hang_cleared","hang_declared","wake_accepted","wake_started","wake_ended","task_claimed","task_resumed","task_checkpointed","task_reported","task_completed","task_failed","task_timed_out","task_released","task_transferred","approval_opened","approval_answered","write_refused","agent_removed","cell_mirrored","edit_refused","checkpoint_saved","checkpoint_wanted","checkpoint_missed","checkpoint_restored","checkpoint_rehearsed","checkpoint_picked","handoff_pending","handoff_ended","spend_reserved","spend_recorded","budget_reached","budget_settled","zone_known","calendar_agent_registered","calendar_agent_removed","calendar_agent_changed","plan_defined","plan_removed","plan_paused","times_judged","slot_defined","slot_changed","agent_awaits_account","agent_wait_ended","account_set","account_limited"];

export interface Route {
  method: string;
  path: string;
  query: string[];
  scope: string;
  cli: string;
}

export const routes: Record<keyof Inputs, Route> = {
  "status": {"method":"GET","path":"/api/v1/status","query":[],"scope":"viewer","cli":"lazaret status"},
  "telemetry": {"method":"GET","path":"/telemetry","query":[],"scope":"viewer","cli":"lazaret telemetry"},
  "telemetry.history": {"method":"GET","path":"/api/v1/telemetry/history","query":["seconds"],"scope":"viewer","cli":"lazaret telemetry --history"},
  "settings": {"method":"GET","path":"/api/v1/settings","query":[],"scope":"viewer","cli":"lazaret config"},
  "metrics": {"method":"GET","path":"/metrics","query":[],"scope":"viewer","cli":"lazaret metrics"},
  "openapi": {"method":"GET","path":"/openapi.json","query":[],"scope":"open","cli":"lazaret openapi"},
  "events.list": {"method":"GET","path":"/api/v1/events","query":["since","kind","agent","cell","task","text","from","until","limit","newest"],"scope":"viewer","cli":"lazaret events"},
  "events.stream": {"method":"GET","path":"/api/v1/events/stream","query":["since","kind","agent","cell","task","text","from","until"],"scope":"viewer","cli":"lazaret events -f"},
  "note.add": {"method":"POST","path":"/api/v1/notes","query":[],"scope":"operator","cli":"lazaret note TEXT"},
  "key.list": {"method":"GET","path":"/api/v1/keys","query":[],"scope":"admin","cli":"lazaret token ls"},
  "key.add": {"method":"POST","path":"/api/v1/keys","query":[],"scope":"admin","cli":"lazaret token add NAME"},
  "key.remove": {"method":"DELETE","path":"/api/v1/keys/{id}","query":[],"scope":"admin","cli":"lazaret token rm ID"},
  "sign_in.link": {"method":"POST","path":"/api/v1/sign-in","query":[],"scope":"admin","cli":"lazaret sign-in"},
  "session.show": {"method":"GET","path":"/api/v1/session","query":[],"scope":"open","cli":""},
  "session.begin": {"method":"POST","path":"/api/v1/session","query":[],"scope":"open","cli":""},
  "session.end": {"method":"DELETE","path":"/api/v1/session","query":[],"scope":"open","cli":""},
  "fleet.freeze": {"method":"POST","path":"/api/v1/freeze","query":[],"scope":"operator","cli":"lazaret freeze"},
  "fleet.resume": {"method":"POST","path":"/api/v1/resume","query":[],"scope":"operator","cli":"lazaret resume"},
  "heartbeat": {"method":"POST","path":"/heartbeat/{agent}","query":[],"scope":"open","cli":"lazaret agent heartbeat AGENT"},
  "health": {"method":"GET","path":"/health","query":[],"scope":"open","cli":"lazaret health"},
  "health.agent": {"method":"GET","path":"/agent/{agent}","query":[],"scope":"open","cli":"lazaret agent health AGENT"},
  "agent.list": {"method":"GET","path":"/api/v1/agents","query":["cell","cursor","limit"],"scope":"viewer","cli":"lazaret agent ls"},
  "agent.show": {"method":"GET","path":"/api/v1/agents/{agent}","query":[],"scope":"viewer","cli":"lazaret agent show AGENT"},
  "agent.logs": {"method":"GET","path":"/api/v1/agents/{agent}/logs","query":["tail","from","hold"],"scope":"viewer","cli":"lazaret agent logs AGENT"},
  "agent.why": {"method":"GET","path":"/api/v1/agents/{agent}/why","query":[],"scope":"viewer","cli":"lazaret why WHAT"},
  "why": {"method":"GET","path":"/api/v1/why","query":["of","cell"],"scope":"viewer","cli":"lazaret why WHAT"},
  "agent.start": {"method":"POST","path":"/api/v1/agents/{agent}/start","query":[],"scope":"operator","cli":"lazaret agent start AGENT"},
  "agent.stop": {"method":"POST","path":"/api/v1/agents/{agent}/stop","query":[],"scope":"operator","cli":"lazaret agent stop AGENT"},
  "agent.kill": {"method":"POST","path":"/api/v1/agents/{agent}/kill","query":[],"scope":"operator","cli":"lazaret agent kill AGENT"},
  "agent.pause": {"method":"POST","path":"/api/v1/agents/{agent}/pause","query":[],"scope":"operator","cli":"lazaret agent pause AGENT"},
  "agent.resume": {"method":"POST","path":"/api/v1/agents/{agent}/resume","query":[],"scope":"operator","cli":"lazaret agent resume AGENT"},
  "agent.freeze": {"method":"POST","path":"/api/v1/agents/{agent}/freeze","query":[],"scope":"operator","cli":"lazaret agent freeze AGENT"},
  "agent.thaw": {"method":"POST","path":"/api/v1/agents/{agent}/thaw","query":[],"scope":"operator","cli":"lazaret agent thaw AGENT"},
  "agent.wake": {"method":"POST","path":"/api/v1/agents/{agent}/wake","query":[],"scope":"operator","cli":"lazaret agent wake AGENT MESSAGE"},
  "wake.list": {"method":"GET","path":"/api/v1/wakes","query":["agent","cursor","limit"],"scope":"viewer","cli":"lazaret agent wakes"},
  "agent.activity": {"method":"POST","path":"/api/v1/agents/{agent}/activity","query":[],"scope":"operator","cli":"lazaret agent activity AGENT"},
  "agent.handoff": {"method":"POST","path":"/api/v1/agents/{agent}/handoff","query":[],"scope":"operator","cli":"lazaret agent handoff AGENT"},
  "agent.spend": {"method":"POST","path":"/api/v1/agents/{agent}/spend","query":[],"scope":"operator","cli":"lazaret agent spend AGENT"},
  "approval.list": {"method":"GET","path":"/api/v1/approvals","query":["open","cursor","limit"],"scope":"viewer","cli":"lazaret inbox"},
  "approval.ask": {"method":"POST","path":"/api/v1/approvals","query":[],"scope":"operator","cli":"lazaret inbox ask QUESTION"},
  "approval.show": {"method":"GET","path":"/api/v1/approvals/{id}","query":[],"scope":"viewer","cli":"lazaret inbox show ID"},
  "approval.answer": {"method":"POST","path":"/api/v1/approvals/{id}/answer","query":[],"scope":"operator","cli":"lazaret inbox approve ID"},
  "checkpoint.list": {"method":"GET","path":"/api/v1/agents/{agent}/checkpoints","query":[],"scope":"viewer","cli":"lazaret checkpoint ls AGENT"},
  "checkpoint.save": {"method":"POST","path":"/api/v1/agents/{agent}/checkpoints","query":[],"scope":"operator","cli":"lazaret checkpoint save AGENT"},
  "checkpoint.ask": {"method":"POST","path":"/api/v1/agents/{agent}/checkpoints/ask","query":[],"scope":"operator","cli":"lazaret checkpoint ask AGENT"},
  "checkpoint.rehearse": {"method":"POST","path":"/api/v1/agents/{agent}/checkpoints/rehearse","query":[],"scope":"operator","cli":"lazaret checkpoint rehearse AGENT"},
  "checkpoint.restore": {"method":"POST","path":"/api/v1/agents/{agent}/checkpoints/restore","query":[],"scope":"operator","cli":"lazaret checkpoint restore AGENT CHECKPOINT"},
  "checkpoint.diff": {"method":"GET","path":"/api/v1/agents/{agent}/checkpoints/diff","query":["from","to"],"scope":"viewer","cli":"lazaret checkpoint diff AGENT"},
  "account.list": {"method":"GET","path":"/api/v1/accounts","query":[],"scope":"viewer","cli":"lazaret account ls"},
  "account.show": {"method":"GET","path":"/api/v1/accounts/{account}","query":[],"scope":"viewer","cli":"lazaret account show ACCOUNT"},
  "account.set": {"method":"PATCH","path":"/api/v1/accounts/{account}","query":[],"scope":"operator","cli":"lazaret account set ACCOUNT"},
  "account.limit": {"method":"POST","path":"/api/v1/accounts/{account}/limit","query":[],"scope":"operator","cli":"lazaret account limit ACCOUNT UNTIL"},
  "presence.get": {"method":"GET","path":"/api/agents/{user}/presence","query":[],"scope":"viewer","cli":"lazaret presence show USER"},
  "presence.put": {"method":"PUT","path":"/api/agents/{user}/presence","query":[],"scope":"operator","cli":"lazaret presence set USER STATUS"},
  "link.list": {"method":"GET","path":"/api/v1/links","query":[],"scope":"viewer","cli":"lazaret link ls"},
  "link.test": {"method":"POST","path":"/api/v1/links/{link}/test","query":[],"scope":"operator","cli":"lazaret link test LINK"},
  "backend.act": {"method":"POST","path":"/api/v1/backend/slot","query":[],"scope":"operator","cli":"lazaret slot complete"},
  "cell.list": {"method":"GET","path":"/api/v1/cells","query":["cursor","limit"],"scope":"viewer","cli":"lazaret mission ls"},
  "cell.add": {"method":"POST","path":"/api/v1/cells","query":["unique_agent"],"scope":"operator","cli":"lazaret mission new NAME"},
  "cell.show": {"method":"GET","path":"/api/v1/cells/{cell}","query":[],"scope":"viewer","cli":"lazaret mission show CELL"},
  "cell.remove": {"method":"DELETE","path":"/api/v1/cells/{cell}","query":["reason"],"scope":"operator","cli":"lazaret mission destroy CELL"},
  "cell.graph": {"method":"GET","path":"/api/v1/cells/{cell}/graph","query":[],"scope":"viewer","cli":"lazaret mission graph CELL"},
  "cell.lint": {"method":"GET","path":"/api/v1/cells/{cell}/lint","query":[],"scope":"viewer","cli":"lazaret cell lint CELL"},
  "artifact.list": {"method":"GET","path":"/api/v1/cells/{cell}/artifacts","query":[],"scope":"viewer","cli":"lazaret artifact ls CELL"},
  "artifact.get": {"method":"GET","path":"/api/v1/cells/{cell}/artifacts/{path}","query":[],"scope":"viewer","cli":"lazaret artifact get CELL PATH"},
  "agent.add": {"method":"POST","path":"/api/v1/cells/{cell}/agents","query":[],"scope":"operator","cli":"lazaret agent add CELL AGENT"},
  "cell.status": {"method":"POST","path":"/api/v1/cells/{cell}/status","query":[],"scope":"operator","cli":"lazaret mission pause CELL"},
  "task.list": {"method":"GET","path":"/api/v1/cells/{cell}/tasks","query":["status","cursor","limit"],"scope":"viewer","cli":"lazaret task ls"},
  "task.add": {"method":"POST","path":"/api/v1/cells/{cell}/tasks","query":[],"scope":"operator","cli":"lazaret task add CELL TITLE"},
  "task.show": {"method":"GET","path":"/api/v1/cells/{cell}/tasks/{task}","query":[],"scope":"viewer","cli":"lazaret task show CELL TASK"},
  "next_work": {"method":"POST","path":"/api/v1/next-work","query":["wait_seconds","agent"],"scope":"operator","cli":"lazaret task next"},
  "task.checkpoint": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/checkpoint","query":[],"scope":"operator","cli":"lazaret task checkpoint CELL TASK CURSOR"},
  "task.done": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/done","query":[],"scope":"operator","cli":"lazaret task done CELL TASK"},
  "task.fail": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/fail","query":[],"scope":"operator","cli":"lazaret task fail CELL TASK"},
  "task.release": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/release","query":[],"scope":"operator","cli":"lazaret task release CELL TASK"},
  "task.retry": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/retry","query":[],"scope":"operator","cli":"lazaret task retry CELL TASK"},
  "task.assign": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/assign","query":[],"scope":"operator","cli":"lazaret task assign CELL TASK AGENT"},
  "task.depend": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/depend","query":[],"scope":"operator","cli":"lazaret task dep CELL TASK ON"},
  "task.handoff": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/handoff","query":[],"scope":"operator","cli":"lazaret task handoff CELL TASK"},
  "task.verify": {"method":"POST","path":"/api/v1/cells/{cell}/tasks/{task}/verify","query":[],"scope":"operator","cli":"lazaret task verify CELL TASK"},
  "plan.list": {"method":"GET","path":"/api/v1/plans","query":["agent","cursor","limit"],"scope":"viewer","cli":"lazaret plan ls"},
  "plan.add": {"method":"POST","path":"/api/v1/plans","query":[],"scope":"operator","cli":"lazaret plan add AGENT"},
  "plan.preview": {"method":"POST","path":"/api/v1/plans/preview","query":[],"scope":"viewer","cli":"lazaret slot next"},
  "plan.show": {"method":"GET","path":"/api/v1/plans/{plan}","query":[],"scope":"viewer","cli":"lazaret plan show PLAN"},
  "plan.edit": {"method":"PATCH","path":"/api/v1/plans/{plan}","query":[],"scope":"operator","cli":"lazaret plan edit PLAN"},
  "plan.remove": {"method":"DELETE","path":"/api/v1/plans/{plan}","query":[],"scope":"operator","cli":"lazaret plan rm PLAN"},
  "plan.pause": {"method":"POST","path":"/api/v1/plans/{plan}/pause","query":[],"scope":"operator","cli":"lazaret plan pause PLAN"},
  "plan.resume": {"method":"POST","path":"/api/v1/plans/{plan}/resume","query":[],"scope":"operator","cli":"lazaret plan resume PLAN"},
  "slot.list": {"method":"GET","path":"/api/v1/slots","query":["agent","from","until","cursor","limit"],"scope":"viewer","cli":"lazaret slot ls"},
  "slot.add": {"method":"POST","path":"/api/v1/slots","query":[],"scope":"operator","cli":"lazaret slot add AGENT AT"},
  "slot.show": {"method":"GET","path":"/api/v1/slots/{slot}","query":[],"scope":"viewer","cli":"lazaret slot show SLOT"},
  "slot.edit": {"method":"PATCH","path":"/api/v1/slots/{slot}","query":[],"scope":"operator","cli":"lazaret slot edit SLOT"},
  "slot.status": {"method":"POST","path":"/api/v1/slots/{slot}/status","query":[],"scope":"operator","cli":"lazaret slot set SLOT STATUS"},
  "calendar.agents": {"method":"GET","path":"/api/v1/calendar/agents","query":["cursor","limit"],"scope":"viewer","cli":"lazaret calendar ls"},
  "calendar.register": {"method":"POST","path":"/api/v1/calendar/agents","query":[],"scope":"operator","cli":"lazaret calendar register AGENT CLAW"},
  "calendar.unregister": {"method":"DELETE","path":"/api/v1/calendar/agents/{agent}","query":[],"scope":"operator","cli":"lazaret calendar rm AGENT"},
  "calendar.ics": {"method":"GET","path":"/calendar.ics","query":["agent","access_key"],"scope":"open","cli":"lazaret calendar ics"},
  "calendar.import": {"method":"POST","path":"/api/v1/calendar/import","query":[],"scope":"operator","cli":"lazaret slot import FILE"},
  "server.list": {"method":"GET","path":"/api/v1/servers","query":[],"scope":"viewer","cli":"lazaret server ls"},
  "server.register": {"method":"POST","path":"/api/v1/servers","query":[],"scope":"admin","cli":"lazaret server register IDENTIFIER"},
  "server.show": {"method":"GET","path":"/api/v1/servers/{server}","query":["limit"],"scope":"viewer","cli":"lazaret server show SERVER"},
};
