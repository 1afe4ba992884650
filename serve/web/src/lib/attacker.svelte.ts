// One attacker as it is now, kept so by what comes in live.
import { get, type Attacker, type Attributed, type Latest, type List, type Observation } from './api';
import type { Link } from './links';
import { live } from './live.svelte';
import type { Past } from './past';
import { Resource } from './resource.svelte';

const pause = 2000; // ms between questions while sessions come in

/** What came in live and is marked as new for a while. */
export interface Fresh {
  at: number; // ms since 1970
  before: string | undefined; // the value before, where it was another
}

export class Visitor {
  readonly who = new Resource<Attacker>();
  readonly past = new Resource<Past>();
  /** What is concluded from all sessions. */
  readonly attributed = new Resource<Attributed>();
  /** Who may be the same person. */
  readonly links = new Resource<List<Link>>();
  latest = $state.raw<readonly Latest[]>([]);
  fresh = $state.raw<ReadonlyMap<string, Fresh>>(new Map());
  /** Sessions that ended since the view was opened. */
  ended = $state(0);
  #timer = 0;
  #concluded = 0;
  #gone = false;

  constructor(readonly uuid: string) {}

  /** Fetches, and follows until the result is called. */
  follow(): () => void {
    let end = (): void => {};
    void this.load().then(() => {
      // An attacker that is not there has no events either.
      if (this.#gone || !this.who.value) return;
      end = live.listen(
        {
          snapshot: (s) => s.latest && this.show(s.latest),
          observation: (o) => this.observe(o),
          session: () => (this.ended++, this.later()),
          attribution: () => this.conclude(),
        },
        this.uuid,
      );
    });
    return () => {
      this.#gone = true;
      clearTimeout(this.#timer);
      clearTimeout(this.#concluded);
      end();
    };
  }

  async load(): Promise<void> {
    const path = `/attackers/${encodeURIComponent(this.uuid)}`;
    await Promise.all([
      this.who.load((signal) => get<Attacker>(path, {}, signal)),
      this.past.load((signal) => get<Past>(`${path}/history`, { limit: 40 }, signal)),
      this.loadAttributed(),
    ]);
    if (this.who.value) this.show(this.who.value.latest ?? []);
  }

  /** Fetches what is concluded from all sessions. */
  async loadAttributed(): Promise<void> {
    await Promise.all([
      this.attributed.load((signal) => get<Attributed>(`/attackers/${encodeURIComponent(this.uuid)}/attribution`, {}, signal)),
      this.links.load((signal) => get<List<Link>>('/links', { attacker: this.uuid }, signal)),
    ]);
  }

  // The states of many primitives change together: they are asked for once.
  private conclude(): void {
    clearTimeout(this.#concluded);
    this.#concluded = window.setTimeout(() => void this.loadAttributed(), 150);
  }

  // Many sessions may end at once: the counts are asked for once for all of them.
  private later(): void {
    if (this.#timer !== 0) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      void this.load();
    }, pause);
  }

  private observe(o: Observation): void {
    const known = this.latest.find((l) => l.primitive === o.primitive);
    if (known && (known.window_end_ts > o.window.end_ts || (o.value === 'unknown' && known.value !== 'unknown'))) return;
    const now: Latest = {
      primitive: o.primitive,
      value: o.value,
      confidence: o.confidence,
      window_end_ts: o.window.end_ts,
      evidence_ref: o.evidence_ref,
      rules: o.gait.rules,
      ...(known?.sessions === undefined ? {} : { sessions: known.sessions }),
    };
    this.show(known ? this.latest.map((l) => (l === known ? now : l)) : [...this.latest, now]);
  }

  // What differs from before came in live; the first state did not.
  private show(latest: readonly Latest[]): void {
    const before = new Map(this.latest.map((l) => [l.primitive, l]));
    const fresh = new Map(this.fresh);
    for (const l of latest) {
      const old = before.get(l.primitive);
      if (before.size === 0 || old?.evidence_ref === l.evidence_ref) continue;
      fresh.set(l.primitive, { at: Date.now(), before: old && old.value !== l.value ? old.value : undefined });
    }
    this.fresh = fresh;
    // The snapshot does not count sessions: what was counted stays.
    this.latest = latest.map((l) => (l.sessions === undefined && before.get(l.primitive)?.sessions !== undefined ? { ...l, sessions: before.get(l.primitive)!.sessions! } : l));
  }
}
