// What a text that is searched for may mean.
import type { Primitive } from './api';
import { inWords, spaced } from './words';

/** What a text is, by its looks alone. */
export type Kind = 'uuid' | 'reference' | 'address' | 'text';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const reference = /^(shard|cowrie|file|pending):.*#./;
const v4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const v6 = /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}$/i;

/** Says what a text is: the whole of a UUID, an evidence reference or an address, or any other. */
export function kindOf(text: string): Kind {
  if (uuid.test(text)) return 'uuid';
  if (reference.test(text)) return 'reference';
  return v4.test(text) || v6.test(text) ? 'address' : 'text';
}

/** A value of a primitive that matches a text. */
export interface Match {
  primitive: string;
  title: string;
  value: string;
  words: string;
}

const parts = (text: string): string[] => text.toLowerCase().split(/[\s_=:,]+/).filter((w) => w !== '');
// Everyday verbs come in several forms: "type" and "types" are the same here.
const stem = (word: string): string => (word.length > 3 ? word.replace(/(ing|ed|es|s|e)$/, '') : word);

/** How well a text that has all parts matches: 0 is best, undefined not at all. */
function nearness(asked: readonly string[], texts: readonly string[]): number | undefined {
  const whole = asked.join(' ');
  if (texts.some((t) => spaced(t.toLowerCase()) === whole)) return 0;
  const words = texts.flatMap((t) => t.toLowerCase().split(/[\s_.,]+/));
  if (asked.every((a) => words.includes(a))) return 1;
  if (asked.every((a) => words.some((w) => w.startsWith(a)))) return 2;
  return asked.every((a) => words.some((w) => w.startsWith(stem(a)))) ? 3 : undefined;
}

function matching<T>(list: readonly T[], text: string, textsOf: (item: T) => string[]): T[] {
  const asked = parts(text);
  if (asked.length === 0) return [];
  return list
    .map((item) => ({ item, at: nearness(asked, textsOf(item)) }))
    .filter((m) => m.at !== undefined)
    .sort((a, b) => a.at! - b.at!)
    .map((m) => m.item);
}

/** Primitives whose name or title holds every word of a text, the best first. */
export function primitivesLike(registry: readonly Primitive[], text: string): Primitive[] {
  return matching(registry, text, (p) => [p.name, p.title, p.name.slice(p.name.lastIndexOf('.') + 1)]);
}

/**
 * Values whose label, or what it means in everyday words, holds every word of a
 * text, the best first. PRIMITIVE=VALUE, as filters are written, is that value.
 */
export function valuesLike(registry: readonly Primitive[], text: string): Match[] {
  const all = registry.flatMap((p) => p.values.map((value) => ({ primitive: p.name, title: p.title, value, words: inWords(p.name, value) })));
  const filter = all.find((m) => `${m.primitive}=${m.value}` === text.trim());
  if (filter) return [filter];
  const own = matching(all, text, (m) => [m.value, m.words]);
  const titled = matching(all, text, (m) => [m.value, m.words, m.title, m.primitive]).filter((m) => !own.includes(m));
  // A title alone does not mean each of its values.
  const asked = parts(text);
  return [...own, ...titled.filter((m) => asked.some((a) => nearness([a], [m.value, m.words]) !== undefined))];
}
