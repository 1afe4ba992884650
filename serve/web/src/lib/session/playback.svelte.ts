// The recording as it plays, and the cursor that the player and the time line
// share. Without a player the cursor can still be set.
import type { Player } from 'asciinema-player';
import { Problem, get } from '../api';
import { over, type Quiet } from './quiet';
import { pressed, type Pressed } from './pressed';

/** Index of a segmented recording, as far as it is read here. */
export interface Index {
  duration: number;
  term: { cols: number; rows: number };
  quiet: [from: number, to: number][];
  bytes: number;
  events: number;
  truncated?: string;
}

export const speeds = [0.5, 1, 2, 4, 8] as const;

const slack = 0.05; // s within which the player counts as being somewhere

export class Playback {
  /** Where the cursor is, in seconds since the session's start. */
  at = $state(0);
  state = $state<'none' | 'loading' | 'ready' | 'failed'>('none');
  playing = $state(false);
  speed = $state(1);
  /** Whether stretches in which nothing happens are passed over. */
  skip = $state(true);
  keys = $state.raw<readonly Pressed[]>([]);
  index = $state.raw<Index | undefined>(undefined);
  /** Why nothing plays, in words. */
  failure = $state('');
  /** Whether there is no recording, as opposed to one that could not be played. */
  missing = $state(false);
  #player: Player | undefined;
  #box: HTMLElement | undefined;
  #url = '';
  #frame = 0;
  #seeking = false;
  #wanted: number | undefined;
  #pressed = 0;
  #made = 0; // grows with each player, so that a late one is known
  #next: boolean | undefined; // while a player is made: whether it will play

  /** Opens a recording in an element; the path is that of its index. */
  async open(url: string, box: HTMLElement): Promise<void> {
    this.close();
    this.state = 'loading';
    this.failure = '';
    this.missing = false;
    this.#box = box;
    this.#url = url;
    const made = ++this.#made;
    void import('asciinema-player').catch(() => {}); // while the index comes; make() says what fails
    try {
      const index = await get<Index>(url);
      if (made !== this.#made) return;
      this.index = index;
      await this.make(this.at, false);
    } catch (e) {
      if (made === this.#made || this.state === 'loading') this.fail(e);
    }
  }

  /** Ends it; the cursor stays. */
  close(): void {
    this.#made++;
    cancelAnimationFrame(this.#frame);
    this.#player?.dispose();
    this.#player = undefined;
    this.playing = false;
    this.state = 'none';
    this.keys = [];
    this.index = undefined;
    this.#seeking = false;
    this.#wanted = undefined;
    this.#next = undefined;
  }

  /** Sets the cursor, and the player with it. */
  seek(at: number): void {
    const end = this.index?.duration ?? Infinity;
    this.at = Math.max(0, this.#player ? Math.min(at, end) : at);
    this.keys = [];
    if (!this.#player || this.state !== 'ready') return;
    this.#wanted = this.at;
    void this.follow();
  }

  /** Plays or pauses. At the end it begins anew. */
  toggle(): void {
    if (!this.#player || this.state !== 'ready') return;
    const go = !(this.#next ?? this.playing);
    if (go && this.at >= (this.index?.duration ?? 0) - slack) this.at = 0;
    if (this.#next !== undefined) {
      this.#next = this.playing = go; // the player that comes will do so
      if (!go) void this.#player.pause();
    } else if (!go) void this.#player.pause();
    else {
      this.#wanted = this.at;
      void this.follow().then(() => this.#player?.play());
    }
  }

  /** Plays faster or slower. The player's speed is set when it is made, so it is made anew at the same place. */
  async setSpeed(speed: number): Promise<void> {
    if (speed === this.speed) return;
    this.speed = speed;
    if (!this.#player) return;
    try {
      await this.make(this.at, this.playing);
    } catch (e) {
      this.fail(e);
    }
  }

  // Makes a player at some place. The one before stays until the new one shows
  // something, so that nothing flickers.
  private async make(at: number, play: boolean): Promise<void> {
    const made = ++this.#made;
    this.#next = play;
    const [{ create }] = await Promise.all([import('asciinema-player'), import('asciinema-player/dist/bundle/asciinema-player.css')]);
    if (made !== this.#made || !this.#box) return;
    const before = this.#player;
    const place = document.createElement('div');
    place.className = 'place';
    this.#box.append(place);
    const source = { url: this.#url, format: 'segmented' };
    const player = create(source, place, { speed: this.speed, fit: 'both', controls: false, preload: true, cursorMode: 'steady' });
    try {
      await player.seek(Math.max(0, at));
    } catch (e) {
      player.dispose();
      place.remove();
      if (made === this.#made) this.#next = undefined;
      throw e;
    }
    before?.dispose();
    for (const old of [...this.#box.children]) if (old !== place) old.remove();
    if (made !== this.#made) {
      player.dispose();
      return;
    }
    this.#player = player;
    this.state = 'ready';
    this.listen(player, made);
    if (Math.abs(this.at - at) > slack) {
      this.#wanted = this.at; // where the one before has come to, or the cursor was set
      await this.follow();
      if (made !== this.#made) return;
    }
    const go = this.#next;
    this.#next = undefined;
    if (go) await player.play();
    else this.playing = false;
  }

  private listen(player: Player, made: number): void {
    const current = (f: () => void) => () => made === this.#made && f();
    player.addEventListener(
      'playing',
      current(() => {
        this.playing = true;
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.tick());
      }),
    );
    const stops = current(() => {
      this.playing = false;
      cancelAnimationFrame(this.#frame);
    });
    player.addEventListener('pause', stops);
    player.addEventListener('ended', () => {
      stops();
      if (made === this.#made) this.at = this.index?.duration ?? this.at;
    });
    player.addEventListener('input', ({ data }) => {
      if (made === this.#made) this.keys = pressed(this.keys, data, ++this.#pressed);
    });
    // It is not in the player's types, and tells of segments that do not come.
    const anyEvent = player.addEventListener as (name: string, f: (e: { message?: string }) => void) => void;
    anyEvent('error', (e) => made === this.#made && this.fail(new Error(e.message)));
  }

  private tick(): void {
    if (!this.playing || !this.#player) return;
    if (!this.#seeking && this.#wanted === undefined) {
      this.at = this.#player.getCurrentTime();
      const on = this.skip ? over(this.index?.quiet as Quiet, this.at) : undefined;
      if (on !== undefined) this.passTo(on);
    }
    this.#frame = requestAnimationFrame(() => this.tick());
  }

  private passTo(at: number): void {
    this.#wanted = this.at = at;
    void this.follow();
  }

  // Takes the player to where it is wanted. While it is on the way to one place
  // only the newest of further wishes is kept.
  private async follow(): Promise<void> {
    if (this.#seeking) return;
    this.#seeking = true;
    const made = this.#made;
    try {
      while (this.#wanted !== undefined && this.#player && made === this.#made) {
        const to = this.#wanted;
        this.#wanted = undefined;
        await this.#player.seek(to);
      }
    } catch (e) {
      if (made === this.#made) this.fail(e);
    } finally {
      this.#seeking = false;
    }
  }

  private fail(e: unknown): void {
    const error = e instanceof Error ? e : new Error(String(e));
    this.playing = false;
    this.state = 'failed';
    this.missing = error instanceof Problem && error.status === 404;
    this.failure = error instanceof Problem ? error.message : 'The player could not go on. The recording may have changed meanwhile, or gait does not answer.';
  }
}
