import { expect, test } from 'vitest';
import { decisions, mistaken, odds, other, type Link } from './links';

test('odds are told in words, both ways', () => {
  expect(odds(Math.log(9))).toBe('9.0 to 1 that they are one person');
  expect(odds(Math.log(1234))).toBe('1,234 to 1 that they are one person');
  expect(odds(100)).toContain('over a million');
  expect(odds(-Math.log(20))).toBe('20 to 1 that they are two');
});

test('a rate that was not measured is said to be so', () => {
  expect(mistaken(null)).toContain('not measured');
  expect(mistaken(0.0123)).toContain('1.2 %');
});

test('what is decided can be undone', () => {
  expect(decisions('proposed').map((d) => d.what)).toEqual(['accept', 'reject']);
  for (const state of ['accepted', 'rejected', 'constructor']) expect(decisions(state).map((d) => d.what)).toEqual(['undo']);
});

test('the other end is the one that is not meant', () => {
  const l = { attackers: [{ uuid: 'a', address: '1' }, { uuid: 'b', address: '2' }] } as unknown as Link;
  expect(other(l, 'a')?.uuid).toBe('b');
  expect(other(l, 'b')?.uuid).toBe('a');
});
