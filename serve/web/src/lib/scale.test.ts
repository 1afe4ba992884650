import { expect, test } from 'vitest';
import { scaleOf } from './scale';

test('a value stands between its bounds', () => {
  expect(scaleOf(0.5, [0, 1])).toEqual({ value: 50, bounds: [6, 94] });
});

test('numbers far apart stand on a logarithmic line', () => {
  const s = scaleOf(1, [0.01, 100])!;
  expect(s.value).toBeCloseTo(50);
  expect(s.bounds).toEqual([6, 94]);
});

test('what cannot be placed has no line', () => {
  expect(scaleOf(null, [1])).toBeUndefined();
  expect(scaleOf(1, [])).toBeUndefined();
  expect(scaleOf(1, [1])).toBeUndefined();
  expect(scaleOf(NaN, [1])).toBeUndefined();
});
