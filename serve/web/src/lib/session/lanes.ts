// The time line as it is drawn: columns of numbers that can be searched.
import type { Timeline } from '../api';

/** The kinds of input, in the order in which the legend tells them. */
export const kinds = ['key', 'text', 'enter', 'erase', 'tab', 'control', 'paste'] as const;
export type Kind = (typeof kinds)[number];

/** What a kind is called, and the sign that stands for it. */
export const kindWords: Record<Kind, { one: string; many: string; sign: string; colour: string }> = {
  key: { one: 'key', many: 'keys', sign: '●', colour: '--s1' },
  text: { one: 'short text', many: 'short texts', sign: '■', colour: '--s6' },
  enter: { one: 'Enter', many: 'Enter', sign: '▼', colour: '--s4' },
  erase: { one: 'erased', many: 'erased', sign: '✕', colour: '--s2' },
  tab: { one: 'Tab', many: 'Tab', sign: '▶', colour: '--s3' },
  control: { one: 'control key', many: 'control keys', sign: '◆', colour: '--s5' },
  paste: { one: 'paste', many: 'pastes', sign: '□', colour: '--ink' },
};

/** Bounds of the scale of gaps, in powers of ten of a second. */
export const gapScale = { low: -3, high: 2 } as const;

export interface Lanes {
  end: number; // of the session, seconds
  t: Float64Array; // of keys, in order
  gap: Float64Array; // to the one before; NaN for the first
  height: Float32Array; // of the gap on the scale, 0 to 1; NaN for the first
  kind: Uint8Array; // index in kinds
  chars: Int32Array;
  pastes: Uint32Array; // indices of keys
  start: Float64Array; // of commands
  stop: Float64Array;
  errored: boolean[];
  volume: number[];
  outputFrom: number;
  outputStep: number;
  output: number[];
  most: number; // bytes of the fullest stretch of output
  resizes: number[];
  markers: number[];
  input: Timeline['input'];
  truncated: boolean;
}

/** Makes columns of a time line. */
export function lanesOf(x: Timeline): Lanes {
  const n = x.keys.t.length;
  const t = Float64Array.from(x.keys.t);
  const gap = new Float64Array(n).fill(NaN);
  const height = new Float32Array(n).fill(NaN);
  const kind = new Uint8Array(n);
  const pastes: number[] = [];
  for (let i = 0; i < n; i++) {
    kind[i] = Math.max(0, kinds.indexOf(x.keys.kind[i] as Kind));
    if (kinds[kind[i]!] === 'paste') pastes.push(i);
    if (i === 0) continue;
    gap[i] = Math.max(0, t[i]! - t[i - 1]!);
    height[i] = heightOf(gap[i]!);
  }
  return {
    end: Math.max(x.start + x.duration, t.at(-1) ?? 0, x.commands.end.at(-1) ?? 0),
    t,
    gap,
    height,
    kind,
    chars: Int32Array.from(x.keys.chars),
    pastes: Uint32Array.from(pastes),
    start: Float64Array.from(x.commands.start),
    stop: Float64Array.from(x.commands.end),
    errored: x.commands.errored,
    volume: x.commands.volume,
    outputFrom: x.start,
    outputStep: x.output.step,
    output: x.output.bytes,
    most: x.output.bytes.reduce((a, b) => Math.max(a, b), 0),
    resizes: x.resizes,
    markers: x.markers,
    input: x.input,
    truncated: x.truncated === true,
  };
}

/** Where a gap stands on the scale, 0 at its bottom, 1 at its top. */
export function heightOf(gap: number): number {
  const log = gap > 0 ? Math.log10(gap) : gapScale.low;
  return Math.min(1, Math.max(0, (log - gapScale.low) / (gapScale.high - gapScale.low)));
}

/** The first index whose number is not below x. */
export function lowest(list: ArrayLike<number>, x: number): number {
  let [a, b] = [0, list.length];
  while (a < b) {
    const m = (a + b) >>> 1;
    if (list[m]! < x) a = m + 1;
    else b = m;
  }
  return a;
}

/** The command that runs or was given last at a time; -1 before the first. */
export const commandAt = (start: ArrayLike<number>, at: number): number => lowest(start, at + 1e-6) - 1;

/** When the next command begins, or the one before; undefined where there is none. */
export function neighbour(start: ArrayLike<number>, at: number, step: 1 | -1): number | undefined {
  if (step > 0) return start[lowest(start, at + 0.001)];
  // One that has just begun is passed over, so that pressing again goes on.
  const i = lowest(start, at - 0.5) - 1;
  return i >= 0 ? start[i] : undefined;
}
