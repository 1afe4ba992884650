import { expect, test } from 'vitest';
import { height, stretch, ticks } from './visits';

const visit = (start: number, duration: number) => ({ evidence_ref: 'r', start, duration });

test('a stretch has room at both ends, for one visit too', () => {
  expect(stretch([visit(1000, 0)])).toEqual({ from: -59_000, to: 61_000 });
  expect(stretch([visit(0, 10), visit(10_000_000, 100)])).toEqual({ from: -202_000, to: 10_302_000 });
  expect(stretch([])).toEqual({ from: 0, to: 1 });
});

test('ticks are round in the zone, and few', () => {
  const hour = 3_600_000;
  expect(ticks(0, 10 * hour, 4, 0)).toEqual({ at: [0, 3 * hour, 6 * hour, 9 * hour], step: 3 * hour });
  expect(ticks(0, 24 * hour, 2, 60).at[0]).toBe(hour);
  expect(ticks(0, 1e15, 6, 0).at.length).toBeLessThan(8);
});

test('height grows with the duration and stays in its bounds', () => {
  expect(height(0)).toBe(0.04);
  expect(height(60)).toBeGreaterThan(height(10));
  expect(height(1e9)).toBe(1);
});
