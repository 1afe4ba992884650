import { expect, test } from 'vitest';
import { causeOf, payloadText } from './causes';

test('kinds of causes are told in words, also those that are not known', () => {
  expect(causeOf('no file').title).toBe('Their recordings are not there');
  expect(causeOf('quite new').title).toBe('quite new');
  expect(causeOf('').title).not.toBe('');
  expect(causeOf('constructor').title).toBe('constructor');
});

test('a payload is text, whatever its bytes', () => {
  expect(payloadText('PGI+aGk8L2I+')).toBe('<b>hi</b>');
  expect(payloadText('w7w=')).toBe('ü');
  expect(payloadText('/wA=')).toBe('\ufffd\u0000');
  expect(payloadText('')).toBe('');
  expect(payloadText('*')).toBeUndefined();
});
