// What the host told: the past from the daemon, then each look of this page.
import { useEffect, useRef, useState } from 'react';
import type { Pressure, Telemetry } from '../../api/generated';
import { useOperation } from '../../api/use';

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

interface Figures {
  cpu_percent?: number | null;
  memory_percent?: number;
  swap_percent?: number;
  disk_percent?: number;
  load_1?: number;
  pressure?: Pressure;
}

function pointOf(at: number, of: Figures): Point {
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

export function usePoints(telemetry: Telemetry, seconds: number): { points: Point[]; isWithoutPast: boolean } {
  const past = useOperation('telemetry.history', { seconds }, { every: 60 });
  const looks = useRef<Point[]>([]);
  const [points, setPoints] = useState<Point[]>([]);
  useEffect(() => {
    if (!telemetry.host) return;
    const { host } = telemetry;
    looks.current = [...looks.current, pointOf(Date.now() / 1_000, { ...host, load_1: host.load?.[0] })].slice(
      -keptMost,
    );
  }, [telemetry]);
  useEffect(() => {
    const known = (past.data?.host ?? []).map((one) => pointOf(Date.parse(one.at!) / 1_000, one));
    const last = known.at(-1)?.at ?? 0;
    const from = Date.now() / 1_000 - seconds;
    setPoints([...known, ...looks.current.filter((one) => one.at > last)].filter((one) => one.at >= from));
  }, [past.data, telemetry, seconds]);
  return { points, isWithoutPast: past.error !== null };
}
