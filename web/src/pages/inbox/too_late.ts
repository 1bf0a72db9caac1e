// Somebody else was quicker: who answered what, and when.
import { call, type Refusal } from '../../api/client';
import type { Approval, Event } from '../../api/generated';
import { clockText } from '../../ui/time';
import { toast } from '../../ui/toast';

const answersAsked = 1_000;

export async function tellTooLate(refusal: Refusal, id: string, said: string) {
  const sentence = refusal.status === 409 ? await sentenceOf(id, said).catch(() => undefined) : undefined;
  toast({ kind: 'refused', text: sentence ?? refusal.message, remedy: sentence ? undefined : refusal.remedy });
}

async function sentenceOf(id: string, said: string): Promise<string | undefined> {
  const [approval, answers] = await Promise.all([
    call('approval.show', { id }),
    call('events.list', { kind: 'approval_answered', limit: answersAsked, newest: true }),
  ]);
  if (!approval.answer) return undefined;
  const at = answers.events.find((event) => answeredIn(event) === id)?.at;
  const who = approval.by === 'deadline' ? 'The deadline' : (approval.by ?? 'Somebody');
  const reason = approval.reason && approval.by !== 'deadline' ? ` (“${approval.reason}”)` : '';
  return `${who} answered ${id} with ${approval.answer}${at ? ` at ${clockText(at)}` : ''}${reason}. Your ${said} came later and changed nothing.`;
}

// Which question a fact about an answer is about.
export const answeredIn = (event: Event): Approval['id'] | undefined =>
  (event.body as { approval?: string } | null)?.approval;
