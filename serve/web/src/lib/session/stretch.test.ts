import { describe, expect, test } from 'vitest';
import { tickText } from './draw';
import { over, passed } from './quiet';
import { moved, parsed, showing, ticks, whole, within, written, zoomed } from './stretch';

const all = whole(100);

describe('the stretch in view', () => {
  test('stays within the whole', () => {
    expect(within({ from: -5, to: 5 }, all)).toEqual({ from: 0, to: 10 });
    expect(within({ from: 95, to: 120 }, all)).toEqual({ from: 75, to: 100 });
    expect(within({ from: -50, to: 500 }, all)).toEqual(all);
    expect(whole(0)).toEqual({ from: 0, to: 1 });
  });
  test('zooming leaves what is under the pointer where it is', () => {
    const z = zoomed(all, 25, 0.5, all);
    expect(z).toEqual({ from: 12.5, to: 62.5 });
    expect(zoomed(z, 25, 2, all)).toEqual(all);
    const least = zoomed(all, 50, 1e-9, all);
    expect(least.to - least.from).toBeCloseTo(0.02);
  });
  test('moving stops at the ends', () => {
    expect(moved({ from: 0, to: 10 }, 95, all)).toEqual({ from: 90, to: 100 });
  });
  test('showing leaves what shows it', () => {
    const s = { from: 10, to: 20 };
    expect(showing(s, 15, all)).toBe(s);
    expect(showing(s, 50, all)).toEqual({ from: 49, to: 59 });
  });
  test('an address is read with care', () => {
    expect(parsed('5', '10.5', all)).toEqual({ from: 5, to: 10.5 });
    for (const [a, b] of [['', ''], ['x', '5'], ['9', '3'], ['1', 'Infinity']] as const) expect(parsed(a, b, all)).toEqual(all);
    expect(written(1.23456)).toBe('1.235');
    expect(written(300)).toBe('300');
  });
  test('ticks are round, few, and told as finely as their step', () => {
    expect(ticks({ from: 0, to: 100 }, 5)).toEqual({ step: 30, at: [0, 30, 60, 90] });
    expect(ticks({ from: 0, to: 5 * 86_400 }, 8).at.length).toBeLessThanOrEqual(9);
    expect(ticks({ from: 1.001, to: 1.021 }, 4).at.length).toBeGreaterThan(1);
    expect(tickText(90, 30)).toBe('1:30');
    expect(tickText(61.5, 0.5)).toBe('1:01.5');
    expect(tickText(0.305, 0.005)).toBe('0:00.305');
  });
});

describe('quiet stretches', () => {
  const quiet: [number, number][] = [[2, 10], [20, 21], [30, 40]];
  test('are passed over, but for half a second', () => {
    expect(over(quiet, 2.1)).toBeUndefined();
    expect(over(quiet, 2.3)).toBe(9.75);
    expect(over(quiet, 9.7)).toBeUndefined();
    expect(over(quiet, 15)).toBeUndefined();
    expect(over(quiet, 35)).toBe(39.75);
    expect(over(quiet, 99)).toBeUndefined();
    expect(over([], 1)).toBeUndefined();
  });
  test('never lead back', () => {
    for (let t = 0; t < 45; t += 0.05) expect(over(quiet, t) ?? Infinity).toBeGreaterThan(t);
  });
  test('add up', () => expect(passed(quiet)).toBe(7.5 + 0.5 + 9.5));
});
