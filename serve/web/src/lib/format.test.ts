import { expect, test } from 'vitest';
import { sure } from './format';

test('no confidence looks like a certainty', () => {
  expect(sure(0.99999)).toBe('> 0.99');
  expect(sure(0.00001)).toBe('< 0.01');
  expect(sure(0.984)).toBe('0.98');
  expect(sure(0)).toBe('0.00');
  expect(sure(1)).toBe('1.00');
});
