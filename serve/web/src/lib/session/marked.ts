// What a value was made of, in words.
import { count } from '../format';
import type { Mark } from './draw';

const words: Record<string, [one: string, many: string]> = {
  key: ['key', 'keys'],
  paste: ['paste', 'pastes'],
  control: ['control key', 'control keys'],
  held: ['held key', 'held keys'],
  fed: ['key at a machine’s pace', 'keys at a machine’s pace'],
  completion: ['completion by Tab', 'completions by Tab'],
  burst: ['burst of typing', 'bursts of typing'],
  gap: ['gap between keys', 'gaps between keys'],
  gap_quick: ['very short gap', 'very short gaps'],
  digraph: ['pair of keys', 'pairs of keys'],
  erase: ['correction', 'corrections'],
  kill: ['line cleared', 'lines cleared'],
  shortcut: ['editing key', 'editing keys'],
  command: ['command', 'commands'],
  tab: ['command with Tab', 'commands with Tab'],
  pipeline: ['command with a pipe', 'commands with a pipe'],
  tool_new: ['tool used for the first time', 'tools used for the first time'],
  tool_jump: ['return to an earlier tool', 'returns to an earlier tool'],
  error: ['command with an error', 'commands with an error'],
  rerun: ['same tool again after an error', 'same tool again after an error'],
  switch: ['other tool after an error', 'other tools after an error'],
  abort: ['end after an error', 'ends after an error'],
  after_error: ['command typed after an error', 'commands typed after an error'],
  pause: ['pause between commands', 'pauses between commands'],
  pause_long: ['long pause', 'long pauses'],
  pause_short: ['short pause', 'short pauses'],
  output: ['output of a command', 'outputs of commands'],
  prompt: ['prompt', 'prompts'],
  sign: ['sign in the output', 'signs in the output'],
  session: ['the whole session', 'the whole session'],
  half: ['half of the session', 'halves of the session'],
  window: ['stretch with activity', 'stretches with activity'],
  window_empty: ['stretch without activity', 'stretches without activity'],
  digits: ['run of quick digits', 'runs of quick digits'],
  capitals: ['run of capitals', 'runs of capitals'],
  exclamations: ['run of exclamation marks', 'runs of exclamation marks'],
  word_positive: ['friendly word', 'friendly words'],
  word_negative: ['angry word', 'angry words'],
  word_obscene: ['obscene word', 'obscene words'],
  set_recon: ['command that looks around', 'commands that look around'],
  set_exfil: ['command that moves data', 'commands that move data'],
  set_persistence: ['command that makes one stay', 'commands that make one stay'],
  set_lateral: ['command that goes on to other hosts', 'commands that go on to other hosts'],
  set_destructive: ['command that destroys', 'commands that destroy'],
  set_cleanup: ['command that cleans up', 'commands that clean up'],
  set_landing: ['command of someone who has just landed', 'commands of someone who has just landed'],
  set_leaving: ['command that leaves', 'commands that leave'],
  set_covering: ['command that covers tracks', 'commands that cover tracks'],
  set_manual: ['look into a manual', 'looks into a manual'],
};

/** A kind with its count: "12 pastes". */
export function marksOf(kind: string, n: number): string {
  const [one, many] = words[kind] ?? [kind.replaceAll('_', ' '), kind.replaceAll('_', ' ')];
  if (kind === 'session') return one;
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** How many marks there are of each kind, most first. */
export function byKind(marks: readonly Mark[]): [kind: string, n: number][] {
  const n = new Map<string, number>();
  for (const m of marks) n.set(m.kind, (n.get(m.kind) ?? 0) + 1);
  return [...n].sort((a, b) => b[1] - a[1]);
}

/** Makes marks of the columns that the API gives. */
export function marksFrom(columns: { kind: readonly string[]; from: readonly number[]; to: readonly number[] }): Mark[] {
  return columns.kind.map((kind, i) => ({ kind, from: columns.from[i]!, to: columns.to[i]! }));
}

/** The next mark after a time, or the one before; undefined where there is none. */
export function nextMark(marks: readonly Mark[], at: number, step: 1 | -1): Mark | undefined {
  return step > 0 ? marks.find((m) => m.from > at + 0.001) : marks.findLast((m) => m.from < at - 0.001);
}
