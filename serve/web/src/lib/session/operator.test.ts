import { expect, test } from 'vitest';
import { named, nats, share, whom } from './operator';

test('classes are told in words, also those that are not known', () => {
  expect(named('llm_agent')).toBe('an LLM agent');
  expect(named('constructor')).toBe('constructor');
  expect(whom('machine')).toBe('a machine');
  expect(whom('person')).toBe('a person who types');
});

test('no probability looks like a certainty', () => {
  expect(share(0.99999)).toBe('over 99.9 %');
  expect(share(0.00001)).toBe('under 0.1 %');
  expect(share(0.985)).toBe('98.5 %');
  expect(share(0)).toBe('0.0 %');
});

test('nats have a sign', () => {
  expect(nats(2.1)).toBe('+2.10');
  expect(nats(-0.5)).toBe('−0.50');
});
