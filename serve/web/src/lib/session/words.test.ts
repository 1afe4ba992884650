import { describe, expect, test } from 'vitest';
import openapi from '../../../../../docs/openapi.json';
import { byKind, marksFrom, marksOf, nextMark } from './marked';
import { nameOf, pressed, type Pressed } from './pressed';

const type = (...data: string[]): readonly Pressed[] => data.reduce((list: readonly Pressed[], d, i) => pressed(list, d, i), []);

describe('keys as they are pressed', () => {
  test('keys without a character have names', () => {
    expect(['\r', '\u007f', '\t', '\u001b[A', '\u0003', '\u001b', 'a', 'ls -la'].map(nameOf)).toEqual([
      'Enter', 'Backspace', 'Tab', '↑', 'Ctrl C', 'Esc', undefined, undefined,
    ]);
  });
  test('what is typed runs together until a key breaks it', () => {
    expect(type('l', 's', ' ', '-', '\r', 'x').map((k) => k.name ?? k.text)).toEqual(['ls␣-', 'Enter', 'x']);
  });
  test('a paste stands alone, and is cut', () => {
    const [a, b] = type('x', `curl ${'y'.repeat(500)}\r`);
    expect(a!.text).toBe('x');
    expect(b!.pasted).toBe(506);
    expect([...b!.text!].length).toBeLessThan(70);
  });
  test('what cannot be seen is named, in keys too', () => {
    const list = type('\u202e', '\u200b', '\u001b]0;<b>', 'ab\u202ecd');
    for (const k of list) expect(`${k.name ?? ''}${k.text ?? ''}`).not.toMatch(/[\u0000-\u001f\u200b\u202e]/);
    expect(list[0]!.text).toBe('⟨202E⟩⟨200B⟩');
  });
  test('only the last ones stay', () => {
    expect(type(...Array<string>(50).fill('\r')).length).toBe(10);
  });
});

describe('marks', () => {
  const marks = marksFrom({ kind: ['paste', 'paste', 'set_recon'], from: [1, 5, 3], to: [1, 5, 4] });
  test('are counted by kind, in words', () => {
    expect(byKind(marks)).toEqual([['paste', 2], ['set_recon', 1]]);
    expect(marksOf('paste', 12)).toBe('12 pastes');
    expect(marksOf('paste', 1)).toBe('1 paste');
    expect(marksOf('session', 1)).toBe('the whole session');
    expect(marksOf('some_new', 2)).toBe('2 some new');
  });
  test('all kinds that the API knows have words', () => {
    const kinds: string[] = openapi.components.schemas.Marks.properties.kind.items.enum;
    expect(kinds.length).toBeGreaterThan(40);
    for (const kind of kinds) expect(marksOf(kind, 2)).not.toBe(`2 ${kind.replaceAll('_', ' ')}`);
  });
  test('lead from one to the next', () => {
    const inOrder = [...marks].sort((a, b) => a.from - b.from);
    expect(nextMark(inOrder, 1, 1)?.from).toBe(3);
    expect(nextMark(inOrder, 3, -1)?.from).toBe(1);
    expect(nextMark(inOrder, 5, 1)).toBeUndefined();
  });
});
