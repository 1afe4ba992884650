// The stretch of a session that is in view.

/** From when to when, in seconds since the session's start. */
export interface Stretch {
  from: number;
  to: number;
}

const narrowest = 0.02; // s

/** The whole of a session; one that is over at once is given a second. */
export const whole = (end: number): Stretch => ({ from: 0, to: Math.max(1, end) });

/** Moves and narrows a stretch so that it lies within the whole. */
export function within(s: Stretch, all: Stretch): Stretch {
  const long = Math.min(all.to - all.from, Math.max(narrowest, s.to - s.from));
  const from = Math.min(Math.max(all.from, s.from), all.to - long);
  return { from, to: from + long };
}

/** Shows less (a factor below 1) or more; what is at a time stays where it is. */
export function zoomed(s: Stretch, at: number, factor: number, all: Stretch): Stretch {
  const long = Math.min(all.to - all.from, Math.max(narrowest, (s.to - s.from) * factor));
  const share = (at - s.from) / (s.to - s.from);
  return within({ from: at - share * long, to: at - share * long + long }, all);
}

/** Moves a stretch by some seconds. */
export const moved = (s: Stretch, by: number, all: Stretch): Stretch => within({ from: s.from + by, to: s.to + by }, all);

/** Brings a time into view; a stretch that shows it already stays. */
export function showing(s: Stretch, at: number, all: Stretch): Stretch {
  if (at >= s.from && at <= s.to) return s;
  const long = s.to - s.from;
  return within({ from: at - long * 0.1, to: at + long * 0.9 }, all);
}

/** Reads a stretch from an address; the whole where it says nothing of use. */
export function parsed(from: string, to: string, all: Stretch): Stretch {
  const [a, b] = [Number(from), Number(to)];
  if (from === '' || to === '' || !Number.isFinite(a) || !Number.isFinite(b) || b <= a) return all;
  return within({ from: a, to: b }, all);
}

/** Writes seconds into an address: milliseconds that matter, no more. */
export const written = (seconds: number): string => String(Math.round(seconds * 1000) / 1000);

const steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Round times within a stretch, at most so many, and the step between them. */
export function ticks(s: Stretch, most: number): { step: number; at: number[] } {
  const least = (s.to - s.from) / Math.max(1, most);
  let step = steps.find((x) => x >= least) ?? 86_400 * Math.ceil(least / 86_400);
  if (step <= 0) step = 1;
  const at: number[] = [];
  for (let n = Math.ceil(s.from / step); n * step <= s.to && at.length <= most; n++) at.push(n * step);
  return { step, at };
}
