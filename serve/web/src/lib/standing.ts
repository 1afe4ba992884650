// The states of primitives, in the words and signs that the page has for them.
import type { Schemas } from './api';
import { spaced } from './words';

export type Standing = Schemas['Standing'];

interface Described {
  sign: string;
  /** What the state means, in one sentence. */
  means: string;
}

const states = new Map<string, Described>([
  ['stable', { sign: '●', means: 'The latest sessions agree, and those before do not say otherwise.' }],
  ['drifting', { sign: '◐', means: 'The latest sessions agree with each other, and not with those before them.' }],
  ['conflicted', { sign: '◇', means: 'The latest sessions do not agree.' }],
  ['multi_actor', { sign: '⇄', means: 'Two values take turns. One person who does two things in turn looks the same.' }],
]);

/** What the software that sessions came with is called; it stands beside the primitives. */
export const clientSeries = new Map<string, string>([
  ['client.hassh', 'Fingerprint of its key exchange (HASSH)'],
  ['client.version', 'What it calls itself'],
]);

const clientMeans = new Map<string, string>([
  ['stable', 'One and the same in the 24 hours before the last session that tells it.'],
  ['drifting', 'It changed once or twice in the 24 hours before the last session that tells it.'],
  ['conflicted', 'It changed more than twice in the 24 hours before the last session that tells it.'],
]);

/** How a state is shown; one that is not known has its own name and no sign. */
export const described = (state: string): Described => states.get(state) ?? { sign: '?', means: '' };

/** A state by name, as it is read. */
export const named = (state: string): string => spaced(state);

/** Why a primitive has its state, in sentences. Reasons come from values that an attacker may have chosen: they are text. */
export function why(s: Standing): string[] {
  const means = clientSeries.has(s.primitive) ? (clientMeans.get(s.state) ?? '') : described(s.state).means;
  return [means, ...(s.reasons ?? []).map(sentence)].filter((x) => x !== '');
}

const sentence = (text: string): string => (text === '' ? '' : text[0]!.toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.'));
