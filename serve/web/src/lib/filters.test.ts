import { expect, test } from 'vitest';
import { grouped, parse, same, toggled } from './filters';

test('a value may hold the sign that ends the name', () => {
  expect(parse('environmental.locale=a=b')).toEqual({ primitive: 'environmental.locale', value: 'a=b' });
  expect(parse('x')).toEqual({ primitive: 'x', value: '' });
});

test('values of one primitive stand together, each once', () => {
  expect(grouped(['a.b=1', 'c.d=2', 'a.b=3', 'a.b=1'])).toEqual([
    { primitive: 'a.b', values: ['1', '3'] },
    { primitive: 'c.d', values: ['2'] },
  ]);
});

test('a filter is added and taken out', () => {
  expect(toggled(['a=1'], 'b=2')).toEqual(['a=1', 'b=2']);
  expect(toggled(['a=1', 'b=2'], 'a=1')).toEqual(['b=2']);
});

test('the order of filters does not matter', () => {
  expect(same(['a=1', 'b=2'], ['b=2', 'a=1'])).toBe(true);
  expect(same(['a=1'], ['a=1', 'b=2'])).toBe(false);
});
