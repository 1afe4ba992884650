// Where sessions stand on a line of time.

export interface Visit {
  evidence_ref: string;
  start: number; // ms since 1970
  duration: number; // seconds
}

const steps = [1, 5, 15, 60, 180, 360, 720, 1440, 2880, 10_080, 43_200, 129_600, 525_600].map((m) => m * 60_000);

/** The stretch of time that holds all visits, with some room at both ends, in ms. */
export function stretch(visits: readonly Visit[]): { from: number; to: number } {
  let from = Infinity;
  let to = -Infinity;
  for (const v of visits) {
    from = Math.min(from, v.start);
    to = Math.max(to, v.start + v.duration * 1000);
  }
  if (!(to >= from)) return { from: 0, to: 1 };
  const room = Math.max(60_000, 0.02 * (to - from));
  return { from: from - room, to: to + room };
}

/** Round times in a stretch, at most so many; zone is the offset from UTC in minutes, as Date has it. */
export function ticks(from: number, to: number, most: number, zone: number): { at: number[]; step: number } {
  const step = steps.find((s) => (to - from) / s <= most) ?? steps.at(-1)! * Math.ceil((to - from) / steps.at(-1)! / most);
  const shift = zone * 60_000;
  const at: number[] = [];
  for (let t = Math.ceil((from - shift) / step) * step + shift; t <= to; t += step) at.push(t);
  return { at, step };
}

/** How high a visit stands, from 0 to 1, by the logarithm of its duration: a second is lowest, a day highest. */
export const height = (seconds: number): number => Math.min(1, Math.max(0.04, Math.log(Math.max(1, seconds)) / Math.log(86_400)));
