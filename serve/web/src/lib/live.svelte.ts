// What changes, as it happens: one stream of server-sent events a page.
//
// The browser comes back by itself after a lost connection, with the id of the
// last event that it saw, and misses nothing. Where it gives up (the server
// answered with an error), we come back ourselves, with that id in the query. A
// page that nobody looks at lets go of its stream, since a browser has only a
// few connections for one server, and catches up when it is looked at again.
import { base, get, type Attacker, type Latest, type Observation, type Session } from './api';

export interface Snapshot {
  store: string;
  position: number;
  attacker?: Attacker;
  latest?: Latest[];
  sessions: Session[];
}

export interface Listener {
  snapshot?: (s: Snapshot) => void;
  session?: (s: Session) => void;
  observation?: (o: Observation) => void;
  /** Something was concluded of an attacker. */
  attribution?: () => void;
}

const types = ['snapshot', 'session', 'observation', 'attribution'] as const;
const hiddenFor = 30_000; // ms until an unseen page lets go
const longestPause = 5_000; // ms between attempts

class Live {
  /** idle: nobody listens; lost: we are trying to come back. */
  state = $state<'idle' | 'connecting' | 'live' | 'lost'>('idle');
  /** Since when the connection is lost, in ms since 1970. */
  since = $state(0);

  #attacker: string | undefined;
  #listeners = new Set<Listener>();
  #source: EventSource | undefined;
  #last = '';
  #fails = 0;
  #again = 0;
  #unseen = 0;

  constructor() {
    document.addEventListener('visibilitychange', () => this.seen());
  }

  /**
   * Listens to everything, or to one attacker. Only one of the two at a time:
   * whoever listens to something else ends what was before. The result ends it.
   */
  listen(listener: Listener, attacker?: string): () => void {
    if (attacker !== this.#attacker || this.#listeners.size === 0) {
      this.#listeners.clear();
      this.#attacker = attacker;
      this.#last = '';
      this.#fails = 0;
      this.open();
    }
    this.#listeners.add(listener);
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.close();
      this.state = 'idle';
    };
  }

  private seen(): void {
    clearTimeout(this.#unseen);
    if (document.hidden) this.#unseen = window.setTimeout(() => this.close(), hiddenFor);
    else if (this.#listeners.size > 0 && !this.#source && !this.#again) this.open();
  }

  private close(): void {
    clearTimeout(this.#again);
    this.#again = 0;
    this.#source?.close();
    this.#source = undefined;
  }

  private open(): void {
    this.close();
    const path = this.#attacker === undefined ? '/events' : `/attackers/${this.#attacker}/events`;
    const query = this.#last === '' ? '' : `?last_event_id=${encodeURIComponent(this.#last)}`;
    const source = new EventSource(base + path + query);
    this.#source = source;
    if (this.state !== 'lost') this.state = 'connecting';
    source.onopen = () => {
      this.#fails = 0;
      this.state = 'live';
    };
    source.onerror = () => {
      if (this.#source !== source) return;
      if (this.state !== 'lost') this.since = Date.now();
      this.state = 'lost';
      if (source.readyState === EventSource.CLOSED) this.later();
    };
    for (const type of types) {
      source.addEventListener(type, (e) => this.told(type, e as MessageEvent<string>));
    }
  }

  /** Tries again after a while, unless it turns out that nobody is logged in. */
  private later(): void {
    this.close();
    const pause = Math.min(longestPause, 500 * 2 ** this.#fails++);
    this.#again = window.setTimeout(
      () => {
        this.#again = 0;
        // A refusal comes without its reason: who we are is asked for, which
        // leads to the login where we are nobody any more.
        get('/whoami').then(
          () => this.#listeners.size > 0 && this.open(),
          (e: { status?: number }) => e.status !== 401 && this.#listeners.size > 0 && this.later(),
        );
      },
      pause / 2 + Math.random() * (pause / 2),
    );
  }

  private told(type: (typeof types)[number], e: MessageEvent<string>): void {
    if (e.lastEventId !== '') this.#last = e.lastEventId;
    const { payload } = JSON.parse(e.data) as { payload: never };
    for (const l of this.#listeners) l[type]?.(payload);
  }
}

export const live = new Live();
