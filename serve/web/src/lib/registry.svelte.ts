// What is read from a session: the primitives, as the server lists them.
import { get, type List, type Primitive } from './api';

/** The four that tell most; they come first wherever values are shown. */
export const leading = [
  'motor.input_modality',
  'cognitive.feedback_loop_engagement',
  'cognitive.command_branch_diversity',
  'cognitive.inter_command_latency_class',
] as const;

/** The conclusion that comes before how they moved: who is at the keys. */
export const whoIsThere = 'gait.operator';

/** Domains in the order in which they are told, and what they are about. */
export const domains: Record<string, string> = {
  motor: 'How the hands move',
  cognitive: 'How the operator thinks',
  temporal: 'When',
  operational: 'What for',
  environmental: 'With what',
  emotional_valence: 'In what mood',
  gait: 'What gait adds',
};

class Registry {
  list = $state.raw<Primitive[]>([]);
  #byName = $derived(new Map(this.list.map((p) => [p.name, p])));

  async load(): Promise<void> {
    this.list = (await get<List<Primitive>>('/primitives')).items;
  }

  find(name: string): Primitive | undefined {
    return this.#byName.get(name);
  }
}

export const registry = new Registry();

/** The domain of a primitive: the first part of its name. */
export const domainOf = (name: string): string => name.slice(0, name.indexOf('.'));

/** Its name without the domain. */
export const shortName = (name: string): string => name.slice(name.indexOf('.') + 1);

/** The order in which values are shown: the leading four, then domains, then names. */
export function rank(name: string): number {
  const first = (leading as readonly string[]).indexOf(name);
  if (first >= 0) return first;
  const i = Object.keys(domains).indexOf(domainOf(name));
  return 100 + (i < 0 ? 99 : i);
}

/** Sorts by [rank], then by name. */
export const byRank = <T extends { primitive: string }>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => rank(a.primitive) - rank(b.primitive) || a.primitive.localeCompare(b.primitive));
