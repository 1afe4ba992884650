// Stretches in which nothing happens are passed over.

/** From when to when nothing happens, in order, in seconds. */
export type Quiet = readonly (readonly [from: number, to: number])[];

const left = 0.25; // s that stay at either end

/**
 * Where to go on from a time within a quiet stretch; undefined where there is
 * nothing to pass over. Half a second of each stretch is left.
 */
export function over(quiet: Quiet, at: number): number | undefined {
  let [a, b] = [0, quiet.length];
  while (a < b) {
    const m = (a + b) >>> 1;
    if (quiet[m]![0] <= at) a = m + 1;
    else b = m;
  }
  const within = quiet[a - 1];
  if (!within) return undefined;
  const target = within[1] - left;
  return at >= within[0] + left && at < target - 0.1 ? target : undefined;
}

/** How much is passed over in all, in seconds. */
export const passed = (quiet: Quiet): number => quiet.reduce((n, [from, to]) => n + Math.max(0, to - from - 2 * left), 0);
