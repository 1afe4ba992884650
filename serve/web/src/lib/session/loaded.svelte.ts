// All that the view of a session shows, fetched in parts: what fails leaves the
// rest.
import { get, type List, type Schemas, type Session, type SessionDetail, type Timeline } from '../api';
import { Resource } from '../resource.svelte';
import { lanesOf, type Lanes } from './lanes';
import { marksFrom } from './marked';
import type { Mark } from './draw';

export type Detail = Session & SessionDetail;

export class Loaded {
  session = new Resource<Detail>();
  lanes = new Resource<Lanes>();
  items = new Resource<Schemas['Explanation'][]>();
  commands = new Resource<Schemas['CommandTexts']>();
  marks = new Resource<{ primitive: string; list: Mark[]; more: boolean }>();
  around = new Resource<{ before?: string; after?: string }>();

  constructor(readonly id: string) {}

  private path(part = ''): string {
    return `/sessions/${encodeURIComponent(this.id)}${part}`;
  }

  /** Fetches all but marks; commands too where they may be seen. */
  async load(operator: boolean): Promise<void> {
    const known = this.session.load((signal) => get<Detail>(this.path(), {}, signal));
    void this.items.load(async (signal) => (await get<List<Schemas['Explanation']>>(this.path('/explanation'), {}, signal)).items);
    // One after the other: of a long recording each is work for the server, and
    // the player must not wait for both.
    const drawn = this.lanes.load(async (signal) => lanesOf(await get<Timeline>(this.path('/timeline'), {}, signal)));
    if (operator) void drawn.then(() => this.commands.load((signal) => get<Schemas['CommandTexts']>(this.path('/commands'), {}, signal)));
    await known;
    const s = this.session.value;
    if (s?.attacker_uuid && s.start) void this.around.load((signal) => neighbours(s, signal));
  }

  /** Fetches what a value was made of. */
  mark(primitive: string): void {
    this.marks.clear();
    if (primitive === '') return;
    void this.marks.load(async (signal) => {
      const columns = await get<Schemas['Marks']>(this.path(`/marks/${encodeURIComponent(primitive)}`), {}, signal);
      return { primitive, list: marksFrom(columns), more: columns.more };
    });
  }
}

// The sessions of the same attacker that began before and after.
async function neighbours(s: Detail, signal: AbortSignal): Promise<{ before?: string; after?: string }> {
  const ask = async (params: Record<string, string>): Promise<string | undefined> => {
    const list = await get<List<Session>>('/sessions', { attacker: s.attacker_uuid!, sort: 'start', limit: 3, ...params }, signal);
    return list.items.find((x) => x.evidence_ref !== s.evidence_ref)?.evidence_ref;
  };
  const start = new Date(s.start!);
  const [before, after] = await Promise.all([
    ask({ until: start.toISOString(), order: 'desc' }),
    ask({ since: new Date(start.getTime() + 1).toISOString(), order: 'asc' }),
  ]);
  return { before, after };
}
