import { beforeEach, expect, test, vi } from 'vitest';
import { Playback } from './playback.svelte';

// A player of the library, which reaches a place only when it is let.
class Made {
  playing = false;
  gone = false;
  place = -1;
  arrive = (): void => {};
  #heard: Record<string, () => void> = {};
  constructor(readonly speed: number) {}
  addEventListener = (name: string, f: () => void): void => {
    this.#heard[name] = f;
  };
  seek(at: number): Promise<void> {
    return new Promise((done) => {
      this.arrive = () => {
        this.place = at;
        done();
      };
      if (free) this.arrive();
    });
  }
  async play(): Promise<void> {
    this.playing = true;
    this.#heard.playing?.();
  }
  async pause(): Promise<void> {
    this.playing = false;
    this.#heard.pause?.();
  }
  getCurrentTime(): number {
    return this.place;
  }
  dispose(): void {
    this.gone = true;
    this.playing = false;
  }
}

let made: Made[] = [];
let free = true;
const latest = (): Made => made.at(-1)!;
const settled = (): Promise<void> => new Promise((f) => setTimeout(f, 0));

vi.mock('asciinema-player', () => ({
  create: (_: unknown, __: unknown, options: { speed: number }) => {
    made.push(new Made(options.speed));
    return latest();
  },
}));
vi.mock('asciinema-player/dist/bundle/asciinema-player.css', () => ({ default: '' }));

beforeEach(() => {
  made = [];
  free = true;
  vi.stubGlobal('requestAnimationFrame', () => 0);
  vi.stubGlobal('cancelAnimationFrame', () => {});
  vi.stubGlobal('document', { createElement: () => ({ remove: () => {} }) });
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ duration: 100, quiet: [] }), { headers: { 'content-type': 'application/json' } }));
});

/** A recording that is open, and a faster player for it on the way. */
async function faster(): Promise<Playback> {
  const p = new Playback();
  await p.open('/api/v1/x', { append: () => {}, children: [] } as unknown as HTMLElement);
  expect(p.state).toBe('ready');
  free = false;
  void p.setSpeed(8);
  await vi.waitFor(() => expect(made.length).toBe(2));
  free = true;
  return p;
}

test('what is played while a faster player is made is played by it', async () => {
  const p = await faster();
  p.toggle();
  expect(p.playing).toBe(true);
  latest().arrive();
  await settled();
  expect(made.map((x) => [x.speed, x.playing, x.gone])).toEqual([
    [1, false, true],
    [8, true, false],
  ]);
  expect(p.playing).toBe(true);
});

test('what is paused again meanwhile stays so', async () => {
  const p = await faster();
  p.toggle();
  p.toggle();
  latest().arrive();
  await settled();
  expect(latest().playing).toBe(false);
  expect(p.playing).toBe(false);
  p.toggle();
  await settled();
  expect(latest().playing).toBe(true);
});

test('a faster player goes where the cursor was set meanwhile', async () => {
  const p = await faster();
  p.seek(42);
  latest().arrive();
  await settled();
  expect(latest().place).toBe(42);
  expect(p.at).toBe(42);
});
