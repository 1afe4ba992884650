// Rules of primitives as they are read.

/** What a recording must hold, in everyday words. */
export const needWords: Record<string, string> = {
  input: 'what went in',
  keys: 'single keys as they came',
  output: 'what came back',
  'own timing': 'times of its own, not hidden or shared',
};

/** The paragraphs of a rule, each in one line. */
export const paragraphs = (doc: string): string[] =>
  doc
    .split(/\n\s*\n/)
    .map((p) => p.replace(/\s+/g, ' ').trim())
    .filter((p) => p !== '');

/** The first sentence of a rule. A point inside a number ends nothing. */
export function firstSentence(doc: string): string {
  const text = paragraphs(doc)[0] ?? '';
  return /^.*?[.](?=\s|$)/.exec(text)?.[0] ?? text;
}

/** A title at the beginning of a line. */
export const capital = (title: string): string => title.charAt(0).toUpperCase() + title.slice(1);
