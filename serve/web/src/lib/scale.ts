// Where a measured number stands among the bounds it was compared with.

/** Places on a line, in per cent of its length. */
export interface Scale {
  value: number;
  bounds: number[];
}

/**
 * Places a value and its bounds on a line. The line is logarithmic where all of
 * them are positive and far apart. There is none without a value or a bound, or
 * where all are the same.
 */
export function scaleOf(value: number | null | undefined, bounds: readonly number[]): Scale | undefined {
  if (value === null || value === undefined || bounds.length === 0) return undefined;
  const all = [value, ...bounds];
  if (!all.every(Number.isFinite)) return undefined;
  const least = Math.min(...all);
  const far = least > 0 && Math.max(...all) / least > 30;
  const place = (x: number): number => (far ? Math.log(x) : x);
  const from = place(least);
  const to = place(Math.max(...all));
  if (!(to > from)) return undefined;
  const margin = 6; // per cent that stay free at both ends
  const at = (x: number): number => margin + ((100 - 2 * margin) * (place(x) - from)) / (to - from);
  return { value: at(value), bounds: bounds.map(at) };
}
