// The time line in words: all of it, and what stands at one place.
import { bytes, clock, count, duration, things } from '../format';
import { commandAt, kinds, kindWords, lowest, type Kind, type Lanes } from './lanes';
import { scaleOf, type Band, type Plan } from './plan';
import type { Stretch } from './stretch';

/** How many keys of each kind there are. */
export function counted(lanes: Lanes): Record<Kind, number> {
  const n = Object.fromEntries(kinds.map((k) => [k, 0])) as Record<Kind, number>;
  for (const k of lanes.kind) n[kinds[k]!]++;
  return n;
}

/** The middle one of the gaps between keys, in seconds; undefined without any. */
export function medianGap(lanes: Lanes): number | undefined {
  const gaps = lanes.gap.slice(1).sort();
  if (gaps.length === 0) return undefined;
  const m = gaps.length >> 1;
  return gaps.length % 2 ? gaps[m] : (gaps[m - 1]! + gaps[m]!) / 2;
}

/** All of it, in a sentence or two. */
export function summary(lanes: Lanes): string {
  const of = counted(lanes);
  const gap = medianGap(lanes);
  const errors = lanes.errored.filter(Boolean).length;
  const all = lanes.output.reduce((a, b) => a + b, 0);
  const parts = [
    things(lanes.t.length, 'input'),
    gap === undefined ? '' : `the median gap between them ${duration(gap)}`,
    of.paste > 0 ? things(of.paste, 'paste') : 'no pastes',
    of.erase > 0 ? `${count(of.erase)} erased` : '',
    things(lanes.start.length, 'command'),
    errors > 0 ? `${things(errors, 'command')} with an error` : lanes.start.length > 0 ? 'no errors' : '',
    `${bytes(all)} of output`,
  ].filter(Boolean);
  return `${duration(lanes.end)}: ${parts.join(', ')}.${lanes.truncated ? ' There are more than can be shown.' : ''}`;
}

const inBand = (band: Band | undefined, y: number): boolean => band !== undefined && y >= band.top - 4 && y <= band.top + band.height + 4;

/** What stands where a pointer is, with its numbers; empty where nothing does. */
export function toldAt(lanes: Lanes, plan: Plan, view: Stretch, x: number, y: number): string {
  const scale = scaleOf(plan, view.from, view.to);
  const at = view.from + (x - plan.left) / scale;
  if (at < view.from || at > view.to) return '';
  if (inBand(plan.gaps, y)) return gapAt(lanes, plan, view, x, y);
  if (inBand(plan.pastes, y)) return pasteAt(lanes, at, 8 / scale);
  if (inBand(plan.commands, y)) return commandTold(lanes, at, 5 / scale);
  if (inBand(plan.output, y)) return outputAt(lanes, at);
  if (inBand(plan.ticks, y)) return tickAt(lanes, at, 8 / scale);
  return '';
}

const reach = 10; // px

function gapAt(lanes: Lanes, plan: Plan, view: Stretch, x: number, y: number): string {
  const scale = scaleOf(plan, view.from, view.to);
  const at = view.from + (x - plan.left) / scale;
  const j = lowest(lanes.t, at + reach / scale);
  let best = -1;
  let nearest = reach * reach;
  for (let k = Math.max(1, lowest(lanes.t, at - reach / scale)); k < j; k++) {
    const dx = (lanes.t[k]! - at) * scale;
    const dy = plan.gaps.top + plan.gaps.height * (1 - lanes.height[k]!) - y;
    const d = dx * dx + dy * dy;
    if (d < nearest) [nearest, best] = [d, k];
  }
  if (best < 0) return '';
  const kind = kinds[lanes.kind[best]!]!;
  const size = lanes.chars[best]! > 1 ? ` of ${things(lanes.chars[best]!, 'character')}` : '';
  return `${clock(lanes.t[best]!, true)} · ${kindWords[kind].one}${size}, ${exactly(lanes.gap[best]!)} after the one before`;
}

/** A gap as it was measured: milliseconds with what lies behind the point. */
export function exactly(seconds: number): string {
  if (seconds >= 10) return `${seconds.toFixed(2)} s`;
  if (seconds >= 1) return `${seconds.toFixed(3)} s`;
  return `${Number((seconds * 1000).toFixed(3))} ms`;
}

function pasteAt(lanes: Lanes, at: number, near: number): string {
  let best = -1;
  for (const k of lanes.pastes) {
    const d = Math.abs(lanes.t[k]! - at);
    if (d <= near && (best < 0 || d < Math.abs(lanes.t[best]! - at))) best = k;
  }
  return best < 0 ? '' : `${clock(lanes.t[best]!, true)} · paste of ${things(lanes.chars[best]!, 'character')}`;
}

function commandTold(lanes: Lanes, at: number, near: number): string {
  const k = commandAt(lanes.start, at + near);
  if (k < 0 || at > lanes.stop[k]! + near) return '';
  const long = lanes.stop[k]! - lanes.start[k]!;
  const wrong = lanes.errored[k] ? ', its output holds an error' : '';
  return `${clock(lanes.start[k]!, true)} · command ${count(k + 1)}, entered within ${duration(long)}, ${things(lanes.volume[k]!, 'character')} of output${wrong}`;
}

function outputAt(lanes: Lanes, at: number): string {
  if (lanes.outputStep <= 0) return '';
  const k = Math.floor((at - lanes.outputFrom) / lanes.outputStep);
  if (!lanes.output[k]) return '';
  return `${clock(lanes.outputFrom + k * lanes.outputStep, true)} · ${bytes(lanes.output[k]!)} of output within ${duration(lanes.outputStep)}`;
}

function tickAt(lanes: Lanes, at: number, near: number): string {
  const close = (t: number): boolean => Math.abs(t - at) <= near;
  const resize = lanes.resizes.find(close);
  if (resize !== undefined) return `${clock(resize, true)} · the window changed its size`;
  const marker = lanes.markers.find(close);
  return marker === undefined ? '' : `${clock(marker, true)} · a marker of the recording`;
}
