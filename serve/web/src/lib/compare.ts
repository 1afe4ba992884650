// Two sides beside each other, value by value.
import type { Primitive } from './api';

/** A value that one side shows, the number of the rule that made it, and the session that shows it. */
export interface Shown {
  primitive: string;
  value: string;
  confidence: number;
  rules: number;
  evidence_ref: string;
}

/**
 * same, differs: both show a value. only: one of them does. neither: what there
 * is, is "unknown".
 */
export type Standing = 'differs' | 'only' | 'same' | 'neither';

/** One primitive of two sides. */
export interface Pair {
  primitive: string;
  title: string;
  kind: Primitive['kind'];
  standing: Standing;
  a: Shown | undefined;
  b: Shown | undefined;
  /** Of hashes of the same rule: in how many of 64 bits they differ. */
  distance: number | undefined;
  /** The two were made by different rules, and say nothing about each other. */
  otherRules: boolean;
}

const order: Standing[] = ['differs', 'only', 'same', 'neither'];

/** Puts the values of two sides beside each other; what differs comes first, otherwise the registry's order stays. */
export function pairs(registry: readonly Primitive[], a: readonly Shown[], b: readonly Shown[]): Pair[] {
  const [left, right] = [a, b].map((list) => new Map(list.map((s) => [s.primitive, s])));
  const list: Pair[] = [];
  for (const p of registry) {
    const [x, y] = [left!.get(p.name), right!.get(p.name)];
    if (!x && !y) continue;
    const otherRules = x !== undefined && y !== undefined && x.rules !== y.rules;
    list.push({
      primitive: p.name,
      title: p.title,
      kind: p.kind,
      standing: standing(x, y),
      a: x,
      b: y,
      distance: p.kind === 'hash' && x && y && !otherRules ? hamming(x.value, y.value) : undefined,
      otherRules,
    });
  }
  return list.sort((p, q) => order.indexOf(p.standing) - order.indexOf(q.standing));
}

function standing(a: Shown | undefined, b: Shown | undefined): Standing {
  const [left, right] = [a, b].map((s) => s !== undefined && s.value !== 'unknown');
  if (left && right) return a!.value === b!.value ? 'same' : 'differs';
  return left || right ? 'only' : 'neither';
}

/** In how many of 64 bits two fingerprints differ; undefined where one is none. */
export function hamming(a: string, b: string): number | undefined {
  const form = /^[0-9a-f]{16}$/;
  if (!form.test(a) || !form.test(b)) return undefined;
  let n = 0;
  for (let i = 0; i < a.length; i++) {
    let bits = parseInt(a[i]!, 16) ^ parseInt(b[i]!, 16);
    for (; bits > 0; bits >>= 1) n += bits & 1;
  }
  return n;
}

/** What two sides come to. Fingerprints are left out: they are hardly ever the same, and are compared by their distance. */
export interface Sum {
  /** Values of the same rule that both show, and in how many of them they agree. */
  both: number;
  agree: number;
  /** In which they do not, the most telling first. */
  differ: Pair[];
  /** How many only one of them shows. */
  only: number;
}

/** Sums pairs up; rank says how much a primitive tells, less first. */
export function sumOf(list: readonly Pair[], rank: (primitive: string) => number): Sum {
  const told = list.filter((p) => p.kind !== 'hash' && !p.otherRules);
  const agree = told.filter((p) => p.standing === 'same').length;
  const differ = told.filter((p) => p.standing === 'differs').sort((p, q) => rank(p.primitive) - rank(q.primitive));
  return { both: agree + differ.length, agree, differ, only: told.filter((p) => p.standing === 'only').length };
}
