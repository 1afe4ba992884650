import { describe, expect, test } from 'vitest';
import type { Timeline } from '../api';
import { commandAt, heightOf, kinds, lanesOf, lowest, neighbour, type Lanes } from './lanes';
import { planOf } from './plan';
import { thinned } from './thin';
import { counted, exactly, medianGap, summary, toldAt } from './told';

type Kinds = Timeline['keys']['kind'];

function timeline(t: number[], kind: Kinds = t.map(() => 'key'), chars = t.map(() => 1)): Timeline {
  return {
    start: 0,
    duration: t.at(-1) ?? 0,
    input: 'packet',
    keys: { t, kind, chars },
    commands: { start: [1, 5], end: [2, 6], tool: [0, 1], sets: [[], []], pipes: [0, 0], tab: [false, false], errored: [false, true], volume: [10, 0] },
    output: { step: 1, bytes: [0, 2048, 0] },
    resizes: [],
    markers: [],
  };
}

describe('lanes', () => {
  test('gaps are those to the key before', () => {
    const l = lanesOf(timeline([1, 1.5, 3]));
    expect(l.gap[0]).toBeNaN();
    expect([...l.gap.slice(1)]).toEqual([0.5, 1.5]);
    expect(medianGap(l)).toBe(1);
    expect(l.end).toBe(6); // the last command ends after the last key
  });
  test('the scale is one of powers of ten, and ends', () => {
    expect(heightOf(0.001)).toBe(0);
    expect(heightOf(100)).toBe(1);
    expect(heightOf(0.1)).toBeCloseTo(0.4);
    expect(heightOf(0)).toBe(0);
    expect(heightOf(1e9)).toBe(1);
  });
  test('kinds that nobody knows count as keys', () => {
    expect(kinds[lanesOf(timeline([1], ['strange'] as unknown as Kinds)).kind[0]!]).toBe('key');
  });
  test('an empty session has a summary too', () => {
    const l = lanesOf({ ...timeline([]), commands: { start: [], end: [], tool: [], sets: [], pipes: [], tab: [], errored: [], volume: [] } });
    expect(medianGap(l)).toBeUndefined();
    expect(summary(l)).toBe('0 s: 0 inputs, no pastes, 0 commands, 2 KB of output.');
    expect(planOf(l, 800).commands).toBeUndefined();
  });
});

describe('search', () => {
  test('the first that is not below', () => {
    expect([0, 1, 1.5, 2, 9].map((x) => lowest([1, 2, 2, 3], x))).toEqual([0, 0, 1, 1, 4]);
  });
  test('the command under way', () => {
    expect([0, 1, 4, 5, 99].map((t) => commandAt([1, 5], t))).toEqual([-1, 0, 0, 1, 1]);
  });
  test('the next command and the one before; pressing again goes on', () => {
    expect(neighbour([1, 5], 1, 1)).toBe(5);
    expect(neighbour([1, 5], 5, 1)).toBeUndefined();
    expect(neighbour([1, 5], 5.2, -1)).toBe(1);
    expect(neighbour([1, 5], 7, -1)).toBe(5);
    expect(neighbour([1, 5], 1.1, -1)).toBeUndefined();
  });
});

describe('thinning', () => {
  const field = { from: 0, to: 100, width: 400, height: 100 };
  const many = (n: number): Lanes => {
    const t: number[] = [];
    for (let i = 0, at = 0; i < n; i++) t.push((at += 0.0004 + 0.0001 * (i % 3)));
    return lanesOf(timeline(t));
  };
  test('one of each kind for each square', () => {
    const l = many(200_000);
    const picked = thinned(l, 0, l.t.length, field, 2);
    expect(picked.length).toBeLessThanOrEqual(201 * 51 * 7);
    const squares = new Set([...picked].map((k) => `${Math.round(l.t[k]! * 2)}/${Math.round(l.height[k]! * 50)}/${l.kind[k]}`));
    expect(squares.size).toBe(picked.length);
  });
  test('the longest and the shortest stay, and a lone erased key too', () => {
    const x = timeline([...Array(5000).keys()].map((i) => 10 + i / 1000));
    x.keys.t.push(55, 55.5);
    x.keys.kind.push('key', 'key');
    x.keys.chars.push(1, 1);
    x.keys.kind[2500] = 'erase';
    const l = lanesOf(x);
    const picked = new Set(thinned(l, 0, l.t.length, field, 2));
    expect(picked.has(5000)).toBe(true);
    expect(picked.has(5001)).toBe(true);
    expect(picked.has(2500)).toBe(true);
  });
});

describe('what stands where a pointer is', () => {
  const l = lanesOf(timeline([1, 1.25, 5, 6], ['key', 'erase', 'paste', 'key'], [1, 1, 120, 1]));
  const plan = planOf(l, 688);
  const view = { from: 0, to: 6 };
  const at = (t: number): number => plan.left + (t / 6) * (plan.right - plan.left);
  test('a gap with its exact length', () => {
    const y = plan.gaps.top + plan.gaps.height * (1 - heightOf(0.25));
    expect(toldAt(l, plan, view, at(1.25), y)).toBe('0:01.2 · erased, 250 ms after the one before');
    expect(toldAt(l, plan, view, at(3), y)).toBe('');
  });
  test('a paste, a command with an error, output', () => {
    expect(toldAt(l, plan, view, at(5), plan.pastes!.top + 5)).toBe('0:05.0 · paste of 120 characters');
    expect(toldAt(l, plan, view, at(5.5), plan.commands!.top + 5)).toContain('command 2, entered within 1 s, 0 characters of output, its output holds an error');
    expect(toldAt(l, plan, view, at(1.5), plan.output!.top + 5)).toBe('0:01.0 · 2 KB of output within 1 s');
    expect(toldAt(l, plan, view, at(2.5), plan.output!.top + 5)).toBe('');
  });
  test('counts of kinds', () => {
    expect(counted(l)).toEqual({ key: 2, text: 0, enter: 0, erase: 1, tab: 0, control: 0, paste: 1 });
  });
  test('exact numbers', () => {
    expect([0.000001, 0.2503, 1.5, 61].map(exactly)).toEqual(['0.001 ms', '250.3 ms', '1.500 s', '61.00 s']);
  });
});
