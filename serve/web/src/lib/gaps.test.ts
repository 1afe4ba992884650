import { describe, expect, test } from 'vitest';
import { bins, binsADecade, common, edge, enough, gapsOf, quantile, spreadOf, told } from './gaps';

describe('gaps', () => {
  test('lie between neighbouring inputs of one key each', () => {
    expect(gapsOf({ t: [0, 1, 3, 6, 10], kind: ['key', 'erase', 'tab', 'enter', 'control'] })).toEqual([1, 2, 3, 4]);
  });

  test('are broken by text and by pastes', () => {
    expect(gapsOf({ t: [0, 1, 3, 6, 10, 15], kind: ['key', 'paste', 'key', 'text', 'key', 'key'] })).toEqual([5]);
  });

  test('of times that go back are none', () => {
    expect(gapsOf({ t: [2, 1], kind: ['key', 'key'] })).toEqual([0]);
    expect(gapsOf({ t: [], kind: [] })).toEqual([]);
    expect(gapsOf({ t: [0, 1], kind: ['key'] })).toEqual([]);
  });
});

describe('a spread', () => {
  test('has bins from 1 ms to 10 s, an edge belonging to the bin above it', () => {
    const s = spreadOf([0.001, 0.01, 0.1, 1, 9.99]);
    expect(s.shares.flatMap((x, i) => (x > 0 ? [i] : []))).toEqual([0, binsADecade, 2 * binsADecade, 3 * binsADecade, bins - 1]);
    expect(s.shares.reduce((a, b) => a + b)).toBeCloseTo(1);
    expect(edge(bins)).toBeCloseTo(10);
  });

  test('every edge lies in its own bin', () => {
    for (let i = 0; i < bins; i++) expect(spreadOf([edge(i)]).shares[i]).toBe(1);
  });

  test('counts what lies outside', () => {
    const s = spreadOf([0, 0.0005, 10, 3600]);
    expect([s.n, s.below, s.beyond]).toEqual([4, 2, 2]);
    expect(s.shares.every((x) => x === 0)).toBe(true);
  });

  test('has quartiles', () => {
    expect(spreadOf([4, 1, 3, 2, 5]).quartiles).toEqual([2, 3, 4]);
    expect(quantile([1, 2], 0.5)).toBe(1.5);
    expect(spreadOf([]).quartiles).toBeUndefined();
  });
});

test('two spreads have in common what lies under both', () => {
  const a = spreadOf([0.1, 0.1, 1, 20]);
  expect(common(a, a)).toBeCloseTo(1);
  expect(common(a, spreadOf([0.1, 2, 2, 2]))).toBeCloseTo(0.25);
  expect(common(a, spreadOf([30]))).toBeCloseTo(0.25);
  expect(common(a, spreadOf([]))).toBe(0);
});

test('what is told of two spreads says where there is too little', () => {
  const many = (gap: number): ReturnType<typeof spreadOf> => spreadOf(new Array<number>(enough).fill(gap));
  expect(told(many(0.1), spreadOf([0.1]))).toMatch(/^Too few gaps to compare: B has only 1\./);
  expect(told(spreadOf([]), spreadOf([]))).toMatch(/A has none, B has none/);
  expect(told(many(0.1), many(0.25))).toBe('The median gap of B is 2.5 times that of A. 0 % of the gaps lie under both lines.');
  expect(told(many(0.25), many(0.1))).toMatch(/^The median gap of A is 2.5 times that of B/);
  expect(told(many(0.1), many(0.105))).toMatch(/about the same, 100 ms and 105 ms/);
  expect(told(many(0), many(1))).toMatch(/times that of A/);
});
