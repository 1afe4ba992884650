// What a recording can show, as facts in words.
import type { Schemas } from '../api';
import { bytes, count, duration, things } from '../format';

type Recorded = Schemas['Recorded'];

const inputs: Record<string, string> = {
  key: 'key by key',
  packet: 'by packet: what arrived together is one event',
  line: 'by line: how lines were typed cannot be seen',
  none: 'not recorded',
};

const clocks: Record<string, string> = {
  monotonic: 'of a clock that cannot be set',
  wall: 'of the time of day, which can be set',
  unknown: 'of a clock that is not told',
};

const closings: Record<string, string> = {
  'end record': 'by a record of its own at the end',
  'close record': 'by a record that says it was closed',
  'exit record': 'by a record of the exit',
  'log line': 'by a line in the log',
  'end of file': 'with the end of the file',
};

/** Facts about a recording: a name, and what is said of it. */
export function factsOf(r: Recorded): [name: string, says: string][] {
  const f = r.fidelity;
  const facts: [string, string | undefined][] = [
    ['Input', inputs[f.input] ?? f.input],
    ['Times', `${f.resolution > 0 ? `in steps of ${duration(f.resolution)}, ` : ''}${clocks[f.clock] ?? f.clock}`],
    ['Whose times', f.shared_timing ? 'those of another session with the same input' : undefined],
    ['Output', outputOf(f)],
    ['Bytes', f.lossless ? 'every byte as it was on the line' : 'not every byte is as it was on the line'],
    ['Directions', f.swapped ? 'input and output stood in each other’s place, and were put right' : undefined],
    ['Ended', f.closed ? (closings[f.closed] ?? f.closed) : 'the recording does not say that it did'],
    ['Reason', r.end?.reason],
    ['Cut', r.truncated],
    ['Window', r.width > 0 ? `${r.width} columns, ${r.height} rows` : 'size not told'],
    ['Client', r.client],
    ['HASSH', r.hassh],
    ['Source port', r.source_port ? String(r.source_port) : undefined],
    ['Key times', r.obfuscated ? 'hidden by the client' : undefined],
    ['Login', loginOf(r.login ?? undefined)],
    ['Held', `${things(r.events, 'event')}, ${bytes(r.bytes)}; ${count(r.keys)} of input`],
  ];
  return facts.filter((x): x is [string, string] => Boolean(x[1]));
}

function outputOf(f: Recorded['fidelity']): string {
  if (!f.output) return 'not recorded';
  return f.output_partial ? 'recorded in part' : 'recorded whole';
}

function loginOf(l: NonNullable<Recorded['login']> | undefined): string | undefined {
  if (!l) return undefined;
  const by = [l.password ? 'password' : '', l.public_key ? 'public key' : ''].filter(Boolean).join(' and ');
  const tries = things(l.attempts, 'attempt');
  return `${tries}${by ? ` by ${by}` : ''}, ${l.succeeded ? 'the last one let in' : 'none let in'}`;
}

const odd: Record<string, string> = {
  'torn line': 'a line that cannot be parsed',
  'glued line': 'a whole line found inside a torn one',
  'run of NUL': 'NUL bytes where a line should be',
  'foreign line': 'a line that is none of this format',
  'line over limit': 'a line that is longer than the limit',
  'second header': 'a header after the first one',
  'line after end': 'a line after the record of the end',
  'time goes back': 'a time below the largest so far',
  'time not usable': 'a time that is no finite number',
  'unknown channel': 'an event on a channel that nobody knows',
  'lone surrogate': 'an escaped surrogate that stands for no byte',
  'empty event': 'an event without data',
  'no header': 'the header is missing',
  'cut record': 'the last record is not whole',
  'bad record': 'a record that makes no sense',
  'replacement char': 'U+FFFD where the recorder lost bytes',
  'bytes missing': 'fewer bytes than the end record states',
  'doubtful start': 'a start before 2000, or far ahead',
  'no end seen': 'the recording does not say that it ended',
  'duplicate recording': 'the recording is shared with other sessions',
  'missing recording': 'a log names a recording that is not there',
  'direction not clear': 'input and output could not be told apart',
  'file changed': 'the file changed while it was read',
  'several recordings': 'several sessions in a file for one',
  'beyond the recording': 'a timing that states more bytes than there are',
};

/** What an oddity means; empty where its name says it. */
export const oddityWords = (kind: string): string => odd[kind] ?? '';
