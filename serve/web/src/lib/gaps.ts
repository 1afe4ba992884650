// Gaps between keys, and how they are spread: what of a hand two sessions can
// be compared by, whatever was typed.
import { duration, figure, share, things } from './format';

/** Bins are of equal width on a logarithmic scale, from `first` to `last`. */
export const first = 1e-3; // s
export const last = 10; // s
export const binsADecade = 6;
export const bins = binsADecade * Math.round(Math.log10(last / first));

/** Fewer gaps than this say little about where the others would lie. */
export const enough = 30;

/** Where a bin begins, in seconds; `bins` gives the end of the last. */
export const edge = (bin: number): number => first * 10 ** (bin / binsADecade);

/** Inputs as a timeline lists them: when each came, and of which kind it is. */
export interface Inputs {
  t: readonly number[];
  kind: readonly string[];
}

/** The gaps between neighbouring inputs of one key each, in order of time, in seconds. What came as text or as a paste breaks the chain. */
export function gapsOf({ t, kind }: Inputs): number[] {
  const single = (i: number): boolean => kind[i] !== undefined && kind[i] !== 'text' && kind[i] !== 'paste';
  const gaps: number[] = [];
  for (let i = 1; i < t.length; i++) if (single(i) && single(i - 1)) gaps.push(Math.max(0, t[i]! - t[i - 1]!));
  return gaps;
}

/** How some gaps are spread. */
export interface Spread {
  n: number;
  /** The share of all gaps that lies in each bin. */
  shares: number[];
  /** How many lie below the first bin, and beyond the last. */
  below: number;
  beyond: number;
  /** Quartiles in seconds; undefined without gaps. */
  quartiles: [lower: number, median: number, upper: number] | undefined;
}

/** Says how gaps are spread. */
export function spreadOf(gaps: readonly number[]): Spread {
  const counts = new Array<number>(bins).fill(0);
  let below = 0;
  let beyond = 0;
  for (const gap of gaps) {
    if (gap < first) below++;
    else if (gap >= last) beyond++;
    else counts[Math.min(bins - 1, Math.floor(Math.log10(gap / first) * binsADecade + 1e-9))]!++;
  }
  const sorted = [...gaps].sort((a, b) => a - b);
  const n = gaps.length;
  return {
    n,
    shares: counts.map((c) => (n === 0 ? 0 : c / n)),
    below,
    beyond,
    quartiles: n === 0 ? undefined : [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
  };
}

/** A quantile of sorted numbers, between two of them where it falls there. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const i = Math.floor(at);
  const low = sorted[i]!;
  return low + ((sorted[i + 1] ?? low) - low) * (at - i);
}

/** Which share two spreads have in common: 1 where they are the same, 0 where they do not meet. */
export function common(a: Spread, b: Spread): number {
  if (a.n === 0 || b.n === 0) return 0;
  const both = a.shares.reduce((sum, x, i) => sum + Math.min(x, b.shares[i]!), 0);
  return both + Math.min(a.below / a.n, b.below / b.n) + Math.min(a.beyond / a.n, b.beyond / b.n);
}

/** What two spreads say beside each other, or that they say nothing. */
export function told(a: Spread, b: Spread): string {
  const few = [
    { name: 'A', n: a.n },
    { name: 'B', n: b.n },
  ].filter((s) => s.n < enough);
  if (few.length > 0) {
    const said = few.map((s) => `${s.name} has ${s.n === 0 ? 'none' : `only ${s.n}`}`).join(', ');
    return `Too few gaps to compare: ${said}. With fewer than ${things(enough, 'gap')} on a side, the shape of its line is chance.`;
  }
  const [x, y] = [a.quartiles![1], b.quartiles![1]];
  const [slow, quick] = y >= x ? ['B', 'A'] : ['A', 'B'];
  const ratio = Math.max(x, y) / Math.max(Math.min(x, y), 1e-6);
  const medians =
    ratio < 1.1 ? `Their medians are about the same, ${duration(x)} and ${duration(y)}.` : `The median gap of ${slow} is ${figure(ratio)} times that of ${quick}.`;
  return `${medians} ${share(common(a, b), 1)} of the gaps lie under both lines.`;
}
