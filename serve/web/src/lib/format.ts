// Numbers, times and texts as a person reads them.

const whole = new Intl.NumberFormat('en');
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A count, with commas between thousands. */
export const count = (n: number): string => whole.format(n);

/** A count of things: "1 session", "2 sessions". */
export const things = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** A number with three digits that matter. */
export const figure = (x: number): string => three.format(x);

/** A share as per cent. Small ones do not become nothing. */
export function share(part: number, all: number): string {
  if (all <= 0) return '0 %';
  const p = (100 * part) / all;
  if (p > 0 && p < 1) return '< 1 %';
  if (p < 100 && p > 99) return '> 99 %';
  return `${Math.round(p)} %`;
}

/** A confidence or probability with two decimals; none looks like a certainty that nobody has. */
export function sure(p: number): string {
  if (p > 0 && p < 0.005) return '< 0.01';
  if (p < 1 && p >= 0.995) return '> 0.99';
  return p.toFixed(2);
}

/** A stretch of time in its two largest units. */
export function duration(seconds: number): string {
  const s = Math.abs(seconds);
  if (s === 0) return '0 s';
  if (s < 1e-3) return `${figure(seconds * 1e6)} µs`;
  if (s < 1) return `${figure(seconds * 1e3)} ms`;
  if (s < 60) return `${figure(Math.round(seconds * 10) / 10)} s`;
  const t = Math.round(s);
  if (t < 3600) return `${Math.floor(t / 60)} min ${pad(t % 60)} s`;
  const m = Math.round(s / 60);
  if (m < 48 * 60) return `${Math.floor(m / 60)} h ${pad(m % 60)} min`;
  const h = Math.round(s / 3600);
  return `${Math.floor(h / 24)} days ${h % 24} h`;
}

/** A place in a session: 1:02:03, or 2:03.4 where tenths are asked for. */
export function clock(seconds: number, tenths = false): string {
  const t = Math.max(0, tenths ? Math.floor(seconds * 10) / 10 : Math.floor(seconds));
  const h = Math.floor(t / 3600);
  const m = Math.floor((t % 3600) / 60);
  const s = tenths ? (t % 60).toFixed(1).padStart(4, '0') : pad(Math.floor(t % 60));
  return h > 0 ? `${h}:${pad(m)}:${s}` : `${m}:${s}`;
}

/** A number of bytes in the unit that suits it. */
export function bytes(n: number): string {
  if (n < 1024) return things(n, 'byte');
  let x = n / 1024;
  let i = 0;
  for (; x >= 1024 && i < 3; i++) x /= 1024;
  return `${figure(x)} ${['KB', 'MB', 'GB', 'TB'][i]}`;
}

const pad = (n: number): string => String(n).padStart(2, '0');

const sameYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const otherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });

/** How long ago something was, or when where that is longer than a day. */
export function ago(at: Date, now: Date): string {
  const s = (now.getTime() - at.getTime()) / 1000;
  if (s < -60) return day(at, now);
  if (s < 10) return 'just now';
  if (s < 60) return `${Math.floor(s)} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  return day(at, now);
}

/** A date and time of day, in the zone of whoever looks. */
export const day = (at: Date, now: Date): string => (at.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(at);

/** The exact time, in UTC. */
export const exact = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', ' UTC');

// Characters that do not show, or that turn the text around them: controls,
// zero-width ones, bidirectional marks, line and paragraph separators, tags.
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/**
 * Text of an attacker's as it may be shown: what cannot be seen is named, and
 * it is cut at so many characters.
 */
export function visible(text: string, longest = 2000): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(unseen, (c) => `⟨${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}
