// Which dots are drawn where there are more of them than there is room.
import type { Lanes } from './lanes';

/** A place for dots: times from left to right, the scale from bottom to top. */
export interface Field {
  from: number;
  to: number;
  width: number; // px
  height: number; // px
}

/**
 * Picks one dot of each kind for each square of so many pixels, out of keys i
 * to j. Nothing that would be seen goes: the highest and the lowest stay, and
 * so does the only one of its kind.
 */
export function thinned(lanes: Lanes, i: number, j: number, field: Field, square: number): Uint32Array {
  const columns = Math.max(1, Math.ceil(field.width / square) + 1);
  const rows = Math.max(1, Math.ceil(field.height / square) + 1);
  const taken = new Uint8Array(columns * rows); // a bit for each kind
  const picked = new Uint32Array(Math.min(j - i, columns * rows * 7));
  const across = field.width / square / (field.to - field.from);
  const up = field.height / square;
  let n = 0;
  for (let k = i; k < j; k++) {
    const h = lanes.height[k]!;
    if (Number.isNaN(h)) continue;
    const x = Math.round((lanes.t[k]! - field.from) * across);
    if (x < 0 || x >= columns) continue;
    const at = Math.round(h * up) * columns + x;
    const bit = 1 << lanes.kind[k]!;
    if (taken[at]! & bit) continue;
    taken[at]! |= bit;
    picked[n++] = k;
  }
  return picked.subarray(0, n);
}
