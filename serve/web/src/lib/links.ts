// Links between attackers, in words.
import type { Schemas } from './api';

export type Link = Schemas['Linked'];

/** The attacker at the other end of a link. */
export const other = (l: Link, uuid: string): Link['attackers'][number] | undefined => l.attackers.find((a) => a.uuid !== uuid);

/** Odds in words: log odds are natural. */
export function odds(logOdds: number): string {
  const to = Math.exp(Math.abs(logOdds));
  const text = to >= 1e6 ? 'over a million' : to >= 10 ? Math.round(to).toLocaleString('en') : to.toFixed(1);
  return logOdds >= 0 ? `${text} to 1 that they are one person` : `${text} to 1 that they are two`;
}

/** How often two persons would look as much alike. */
export function mistaken(bound: number | null): string {
  if (bound === null) return 'how often two persons score as high was not measured';
  return `two persons score as high in at most ${(100 * bound).toPrecision(2)} % of pairs (upper 95 % bound)`;
}

/** What an operator can do with a link in its state. */
export function decisions(state: string): { what: 'accept' | 'reject' | 'undo'; name: string }[] {
  if (state === 'proposed') return [{ what: 'accept', name: 'One person' }, { what: 'reject', name: 'Two persons' }];
  return [{ what: 'undo', name: 'Undo' }];
}
