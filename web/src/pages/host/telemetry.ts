// What the host told: the past from the daemon, then each look of this page.
import { useEffect, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { send, type Refusal } from '../../api/client';
import type { Telemetry } from '../../api/generated';

interface Pressure {
  cpu?: { some?: number } | null;
  memory?: { some?: number; full?: number } | null;
  io?: { some?: number; full?: number } | null;
}

export interface CellUse {
  cell_id: string;
  mission_name: string;
  bytes: number;
  files: number;
  partial?: boolean; // not all of it was counted
}

export type FullTelemetry = Telemetry & {
  host: (NonNullable<Telemetry['host']> & { pressure?: Pressure | null }) | null;
  cells?: CellUse[];
};

// One moment; null where nothing is known.
export interface Point {
  at: number; // seconds
  cpu: number | null;
  memory: number | null;
  swap: number | null;
  disk: number | null;
  load: number | null;
  pressureCpu: number | null;
  pressureMemory: number | null;
  pressureIo: number | null;
}

interface Past {
  interval_seconds: number;
  host: {
    at: string;
    cpu_percent?: number | null;
    memory_percent?: number | null;
    swap_percent?: number | null;
    disk_percent?: number | null;
    load_1?: number | null;
    pressure?: Pressure | null;
  }[];
}

function pointOf(at: number, of: Omit<Past['host'][number], 'at'>): Point {
  return {
    at,
    cpu: of.cpu_percent ?? null,
    memory: of.memory_percent ?? null,
    swap: of.swap_percent ?? null,
    disk: of.disk_percent ?? null,
    load: of.load_1 ?? null,
    pressureCpu: of.pressure?.cpu?.some ?? null,
    pressureMemory: of.pressure?.memory?.some ?? null,
    pressureIo: of.pressure?.io?.some ?? null,
  };
}

const keptMost = 30_000; // looks of this page

export function usePoints(telemetry: FullTelemetry, seconds: number): { points: Point[]; isWithoutPast: boolean } {
  const past = useQuery<Past, Refusal>({
    queryKey: ['telemetry.history', seconds],
    queryFn: ({ signal }) => send<Past>(`/api/v1/telemetry/history?seconds=${seconds}`, { credentials: 'same-origin', signal }),
    staleTime: Infinity,
    retry: false,
  });
  const looks = useRef<Point[]>([]);
  const [points, setPoints] = useState<Point[]>([]);
  useEffect(() => {
    if (!telemetry.host) return;
    const { host } = telemetry;
    looks.current = [...looks.current, pointOf(Date.now() / 1_000, { ...host, load_1: host.load?.[0] })].slice(-keptMost);
  }, [telemetry]);
  useEffect(() => {
    const known = (past.data?.host ?? []).map((one) => pointOf(Date.parse(one.at) / 1_000, one));
    const last = known.at(-1)?.at ?? 0;
    const from = Date.now() / 1_000 - seconds;
    setPoints([...known, ...looks.current.filter((one) => one.at > last)].filter((one) => one.at >= from));
  }, [past.data, telemetry, seconds]);
  return { points, isWithoutPast: past.error !== null };
}
