import { expect, test } from 'vitest';
import type { Primitive } from './api';
import { hamming, pairs, sumOf, type Shown } from './compare';

const primitive = (name: string, kind: Primitive['kind'] = 'label'): Primitive =>
  ({ name, title: name, kind, domain: name.slice(0, name.indexOf('.')), values: [], elsewhere: [], needs: [], measures: [], thresholds: [], rules: 1, doc: '' }) as Primitive;
const shown = (name: string, value: string, rules = 1): Shown => ({ primitive: name, value, confidence: 0.5, rules, evidence_ref: 'file:0#0' });

const registry = [primitive('motor.a'), primitive('motor.b'), primitive('motor.c'), primitive('motor.d'), primitive('motor.e'), primitive('motor.hash', 'hash')];

test('what differs comes first, then what one shows, then what is the same', () => {
  const list = pairs(
    registry,
    [shown('motor.a', 'x'), shown('motor.b', 'x'), shown('motor.c', 'x'), shown('motor.d', 'unknown')],
    [shown('motor.a', 'x'), shown('motor.b', 'y'), shown('motor.c', 'unknown')],
  );
  expect(list.map((p) => [p.primitive, p.standing])).toEqual([
    ['motor.b', 'differs'],
    ['motor.c', 'only'],
    ['motor.a', 'same'],
    ['motor.d', 'neither'],
  ]);
});

test('values of different rules are not counted', () => {
  const list = pairs(registry, [shown('motor.a', 'x'), shown('motor.b', 'x', 1)], [shown('motor.a', 'x'), shown('motor.b', 'y', 2)]);
  expect(list.find((p) => p.primitive === 'motor.b')?.otherRules).toBe(true);
  expect(sumOf(list, () => 0)).toMatchObject({ both: 1, agree: 1, differ: [], only: 0 });
});

test('a sum says in what they differ, the most telling first', () => {
  const list = pairs(
    registry,
    [shown('motor.a', 'x'), shown('motor.b', 'x'), shown('motor.c', 'x'), shown('motor.hash', '00000000000000ff')],
    [shown('motor.a', 'y'), shown('motor.b', 'y'), shown('motor.c', 'x'), shown('motor.hash', '000000000000000f'), shown('motor.e', 'z')],
  );
  const sum = sumOf(list, (name) => (name === 'motor.b' ? 0 : 1));
  expect(sum).toMatchObject({ both: 3, agree: 1, only: 1 });
  expect(sum.differ.map((p) => p.primitive)).toEqual(['motor.b', 'motor.a']);
  expect(list.find((p) => p.kind === 'hash')?.distance).toBe(4);
});

test('fingerprints are as far apart as bits differ', () => {
  expect(hamming('0000000000000000', 'ffffffffffffffff')).toBe(64);
  expect(hamming('8000000000000001', '0000000000000000')).toBe(2);
  expect(hamming('00', '0000000000000000')).toBeUndefined();
  expect(hamming('zzzzzzzzzzzzzzzz', '0000000000000000')).toBeUndefined();
});
