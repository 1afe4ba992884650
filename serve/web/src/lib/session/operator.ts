// Who is at the keys of a session, in words.
import type { Schemas } from '../api';
import { spaced } from '../words';

export type AtTheKeys = Schemas['AtTheKeys'];

const classes = new Map([
  ['person', 'a person who types'],
  ['person_pasting', 'a person who pastes'],
  ['script', 'a script'],
  ['llm_agent', 'an LLM agent'],
  ['machine_unknown', 'a machine, kind unknown'],
  ['unknown', 'cannot be told'],
]);

/** A class in everyday words. */
export const named = (name: string): string => classes.get(name) ?? spaced(name);

/** Whom a term speaks for. */
export const whom = (name: string): string => (name === 'machine' ? 'a machine' : (classes.get(name) ?? spaced(name)));

/** A probability, without a certainty that nobody has. */
export function share(p: number): string {
  if (p > 0 && p < 0.001) return 'under 0.1 %';
  if (p < 1 && p > 0.999) return 'over 99.9 %';
  return `${(100 * p).toFixed(1)} %`;
}

/** Nats with their sign. */
export const nats = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(2)}`;
