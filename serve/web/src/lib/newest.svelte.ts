// The newest sessions, as they end.
import type { Observation, Session } from './api';
import { leading } from './registry.svelte';
import { live } from './live.svelte';

export interface Told {
  primitive: string;
  value: string;
}

/** A session with its leading values, as lists of sessions give it. */
export type Seen = Omit<Session, "leading"> & { leading?: Told[] | null };

export class Newest {
  list = $state.raw<Seen[]>([]);
  /** Those that came while the list was held. */
  held = $state.raw<Seen[]>([]);
  /** Whether the first state is there. */
  ready = $state(false);
  /** While it is set the list does not move. */
  hold = false;
  #values = new Map<string, Told[]>();
  #fresh: Seen[] = [];
  #frame = 0;

  constructor(
    readonly longest: number,
    readonly changed: (n: number) => void = () => {},
  ) {}

  /** Listens until the result is called. */
  follow(): () => void {
    const end = live.listen({
      snapshot: (s) => {
        this.list = s.sessions.slice(0, this.longest);
        this.held = [];
        this.ready = true;
      },
      observation: (o) => this.note(o),
      session: (s) => this.add(s),
    });
    return () => {
      end();
      cancelAnimationFrame(this.#frame);
    };
  }

  /** Shows what was held back. */
  release(): void {
    this.list = merge(this.held, this.list, this.longest);
    this.held = [];
  }

  private note(o: Observation): void {
    if (!(leading as readonly string[]).includes(o.primitive)) return;
    const of = this.#values.get(o.evidence_ref);
    if (of) of.push({ primitive: o.primitive, value: o.value });
    else this.#values.set(o.evidence_ref, [{ primitive: o.primitive, value: o.value }]);
  }

  // Many may come at once: they are shown together, once a frame.
  private add(s: Session): void {
    const leading = this.#values.get(s.evidence_ref);
    this.#values.delete(s.evidence_ref);
    this.#fresh.unshift(leading ? { ...s, leading } : s);
    if (this.#fresh.length > this.longest) this.#fresh.length = this.longest;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.show());
  }

  private show(): void {
    this.#frame = 0;
    const fresh = this.#fresh;
    this.#fresh = [];
    const known = new Set(this.list.map((s) => s.evidence_ref));
    const again = fresh.filter((s) => known.has(s.evidence_ref));
    const first = fresh.filter((s) => !known.has(s.evidence_ref));
    if (again.length > 0) {
      const by = new Map(again.map((s) => [s.evidence_ref, s]));
      this.list = this.list.map((s) => by.get(s.evidence_ref) ?? s);
    }
    if (first.length === 0) return;
    if (this.hold) this.held = merge(first, this.held, this.longest);
    else this.list = merge(first, this.list, this.longest);
    this.changed(first.length);
  }
}

/** Puts lists together, the first ones first, each session once. */
export function merge(first: readonly Seen[], then: readonly Seen[], longest: number): Seen[] {
  const seen = new Set<string>();
  const all: Seen[] = [];
  for (const s of [...first, ...then]) {
    if (seen.has(s.evidence_ref) || all.length === longest) continue;
    seen.add(s.evidence_ref);
    all.push(s);
  }
  return all;
}
