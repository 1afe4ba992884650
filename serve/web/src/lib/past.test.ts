import { expect, test } from 'vitest';
import { changesOf, looksOf, type Past } from './past';

const row = (values: (string | null)[]): Past => ({
  sessions: values.map((_, i) => ({ evidence_ref: `r${i}`, self: '', session_id: `${i}`, duration: 1 })),
  primitives: [{ primitive: 'a.b', values, confidence: values.map(() => 0.5) }],
});
const changed = (values: (string | null)[]) => changesOf(row(values), () => true);

test('a value that differs from the usual one is a change, told from where it began', () => {
  expect(changed(['t', 't', null, 't', 't', 'p', 'p'])).toEqual([{ primitive: 'a.b', from: 't', to: 'p', at: 5 }]);
});

test('what is the habit, or never was one, is no change', () => {
  expect(changed(['t', 't', 't', 't'])).toEqual([]);
  expect(changed(['t', 't', 'p'])).toEqual([]);
  expect(changed(['t', 'm', 'x', 'p'])).toEqual([]);
  expect(changed(['t', 't', 't', 'p', 'p'])).toEqual([]);
  expect(changed(['t', 't', 't', 't', 'unknown'])).toEqual([]);
  expect(changed([])).toEqual([]);
});

test('primitives that are left out never change', () => {
  expect(changesOf(row(['t', 't', 't', 't', 'p']), () => false)).toEqual([]);
});

test('labels look like their place in the registry, others like their appearance', () => {
  expect([...looksOf(['b', null, 'a', 'b'], ['a', 'b'])]).toEqual([
    ['b', 1],
    ['a', 0],
  ]);
  expect([...looksOf(['x', 'y'], [])]).toEqual([
    ['x', 0],
    ['y', 1],
  ]);
});
