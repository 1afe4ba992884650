// Keys as they are pressed, in words that a person reads.
import { visible } from '../format';

/** Something that was pressed: a named key, or text. */
export interface Pressed {
  id: number;
  name?: string;
  text?: string;
  pasted?: number; // characters, where it was a paste
}

const names: Record<string, string> = {
  '\r': 'Enter',
  '\n': 'Enter',
  '\r\n': 'Enter',
  '\r\u0000': 'Enter',
  '\t': 'Tab',
  '\u007f': 'Backspace',
  '\b': 'Backspace',
  '\u001b': 'Esc',
  ' ': 'Space',
  '\u001b[A': '↑',
  '\u001b[B': '↓',
  '\u001b[C': '→',
  '\u001b[D': '←',
  '\u001bOA': '↑',
  '\u001bOB': '↓',
  '\u001bOC': '→',
  '\u001bOD': '←',
  '\u001b[H': 'Home',
  '\u001b[F': 'End',
  '\u001b[1~': 'Home',
  '\u001b[4~': 'End',
  '\u001b[3~': 'Delete',
  '\u001b[5~': 'Page up',
  '\u001b[6~': 'Page down',
};

const longestPaste = 60; // characters that are shown of one
const longestRun = 40; // characters of typed text that stay together
const most = 10;

/** The name of a key that is not a character; undefined of text. */
export function nameOf(data: string): string | undefined {
  const name = names[data];
  if (name && name !== 'Space') return name;
  if (data.length === 1 && data < ' ') return `Ctrl ${String.fromCharCode(data.charCodeAt(0) + 64)}`;
  if (data.startsWith('\u001b') && data.length <= 8) return `Esc ${visible(data.slice(1), 8)}`;
  return undefined;
}

/** Adds what was pressed to a list of which only the last ones stay. */
export function pressed(list: readonly Pressed[], data: string, id: number): Pressed[] {
  const name = nameOf(data);
  if (name) return [...list, { id, name }].slice(-most);
  const characters = [...data].length;
  if (characters > 3) {
    const line = data.replace(/[\r\n]+$/, '');
    return [...list, { id, text: visible(line, longestPaste), pasted: characters }].slice(-most);
  }
  const last = list.at(-1);
  const text = visible(data, 8).replaceAll(' ', '␣');
  if (last?.text && !last.pasted && last.text.length < longestRun) return [...list.slice(0, -1), { ...last, text: last.text + text }];
  return [...list, { id, text }].slice(-most);
}
