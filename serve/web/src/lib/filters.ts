// Filters by values of primitives, as they stand in addresses: PRIMITIVE=VALUE.
// Values of one primitive are alternatives, different primitives must all hold.

/** Values of one primitive that are asked for. */
export interface Asked {
  primitive: string;
  values: string[];
}

/** Takes a filter apart; what has no value has an empty one. */
export function parse(filter: string): { primitive: string; value: string } {
  const at = filter.indexOf('=');
  return at < 0 ? { primitive: filter, value: '' } : { primitive: filter.slice(0, at), value: filter.slice(at + 1) };
}

/** Puts the filters of one primitive together, in the order in which they stand. */
export function grouped(filters: readonly string[]): Asked[] {
  const by = new Map<string, string[]>();
  for (const { primitive, value } of filters.map(parse)) {
    const values = by.get(primitive);
    if (!values) by.set(primitive, [value]);
    else if (!values.includes(value)) values.push(value);
  }
  return [...by].map(([primitive, values]) => ({ primitive, values }));
}

/** Adds a filter, or takes it out where it stands already. */
export const toggled = (filters: readonly string[], filter: string): string[] =>
  filters.includes(filter) ? filters.filter((f) => f !== filter) : [...filters, filter];

/** Whether two sets of filters ask for the same. */
export const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((f) => b.includes(f));
