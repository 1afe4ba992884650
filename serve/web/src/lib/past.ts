// An attacker's primitives across sessions: what each value looks like in a
// row of cells, and what changed lately.
import type { Schemas } from './api';

export type Past = Schemas['History'];

/** How many ways there are to draw a value; further values begin again. */
export const looks = 6;

/**
 * The distinct values of a row, each with the number of its look: known labels
 * have the look of their place in the registry, so that rows of one primitive
 * look the same everywhere, other values that of their first appearance.
 */
export function looksOf(values: readonly (string | null)[], labels: readonly string[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const v of values) {
    if (v === null || all.has(v)) continue;
    const at = labels.indexOf(v);
    all.set(v, (at >= 0 ? at : labels.length + all.size) % looks);
  }
  return all;
}

/** A value that differs from what was usual before. */
export interface Change {
  primitive: string;
  from: string;
  to: string;
  at: number; // index of the first session that shows it, in the row of those that do so to the end
}

/**
 * What changed lately: the last value of a primitive, where it differs from the
 * one that most of the earlier sessions show. At least three must show a value
 * before, so that one visit alone is no habit; unknown counts as nothing shown.
 */
export function changesOf(past: Past, changes: (primitive: string) => boolean): Change[] {
  const found: Change[] = [];
  for (const { primitive, values: row } of past.primitives ?? []) {
    if (!changes(primitive)) continue;
    const shown = (row ?? []).flatMap((value, at) => (value === null || value === 'unknown' ? [] : [{ value, at }]));
    const last = shown.at(-1);
    if (!last) continue;
    let since = shown.length - 1;
    while (since > 0 && shown[since - 1]!.value === last.value) since--;
    const before = shown.slice(0, since);
    const usual = mostOften(before.map((s) => s.value));
    if (before.length < 3 || !usual || usual.value === last.value || 2 * usual.count <= before.length) continue;
    if (2 * (shown.length - since) > before.length) continue; // it is the habit by now
    found.push({ primitive, from: usual.value, to: last.value, at: shown[since]!.at });
  }
  return found;
}

function mostOften(values: readonly string[]): { value: string; count: number } | undefined {
  const counts = new Map<string, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  let best: { value: string; count: number } | undefined;
  for (const [value, count] of counts) if (!best || count > best.count) best = { value, count };
  return best;
}
