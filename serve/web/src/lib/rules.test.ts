import { expect, test } from 'vitest';
import { capital, firstSentence, paragraphs } from './rules';

test('a rule has paragraphs, whatever their lines', () => {
  expect(paragraphs('One\nline. Two.\n\n\nThree.\n')).toEqual(['One line. Two.', 'Three.']);
  expect(paragraphs('')).toEqual([]);
});

test('a point inside a number ends no sentence', () => {
  expect(firstSentence('At most 0.30 s\nis instant. More is not.')).toBe('At most 0.30 s is instant.');
  expect(firstSentence('No end')).toBe('No end');
  expect(firstSentence('')).toBe('');
});

test('a title begins with a capital', () => {
  expect(capital('typed or pasted')).toBe('Typed or pasted');
  expect(capital('')).toBe('');
});
