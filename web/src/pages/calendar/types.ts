// Plans and slots as the daemon answers them; the generated types leave out what comes from the work itself.
import type { Inputs, Plan, Slot } from '../../api/generated';

export interface Work {
  prompt?: string | null;
  slot_type?: string;
  estimated_duration?: number;
  priority?: number;
  event_type?: string | null;
  event_data?: Record<string, unknown> | null;
}

export type FullSlot = Slot & Work;

export type FullPlan = Plan &
  Work & {
    rule_text?: string;
    dates?: string[];
    exceptions?: string[];
    gap?: string;
    fold?: string;
    missed?: string;
    within_seconds?: number;
    overlap?: string;
    jitter_seconds?: number;
    pause_after_failures?: number;
  };

export type PlanInputs = Inputs['plan.add'];
export type SlotInputs = Inputs['slot.add'];
