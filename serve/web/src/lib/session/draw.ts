// Draws the time line on a canvas: the ground with its lines and names, marks,
// keys, pastes, commands, output. The cursor lies above it and is not drawn here.
import { clock } from '../format';
import { drawDots } from './dots';
import { gapScale, lowest, type Lanes } from './lanes';
import { scaleOf, type Band, type Plan } from './plan';
import { ticks, type Stretch } from './stretch';

/** A stretch or moment that a value was made of. */
export interface Mark {
  kind: string;
  from: number;
  to: number;
}

export interface Scene {
  g: CanvasRenderingContext2D;
  lanes: Lanes;
  plan: Plan;
  view: Stretch;
  marks: readonly Mark[];
  colour: (name: string) => string;
  width: number;
}

/** Draws all of it. The context is scaled to CSS pixels. */
export function draw(s: Scene): void {
  const { g, plan } = s;
  g.clearRect(0, 0, s.width, plan.height);
  g.font = '12px system-ui, sans-serif';
  drawGround(s);
  g.save();
  g.beginPath();
  g.rect(plan.left, 0, plan.right - plan.left, plan.height);
  g.clip();
  drawMarks(s);
  drawOutput(s);
  drawCommands(s);
  drawPastes(s);
  drawTicks(s);
  drawDots(s);
  g.restore();
}

const gapNames = ['1 ms', '10 ms', '0.1 s', '1 s', '10 s', '100 s'];

function drawGround(s: Scene): void {
  const { g, plan, colour } = s;
  g.strokeStyle = colour('--line');
  g.fillStyle = colour('--soft');
  g.lineWidth = 1;
  g.textAlign = 'right';
  g.textBaseline = 'middle';
  const powers = gapScale.high - gapScale.low;
  for (let p = 0; p <= powers; p++) {
    const y = Math.round(plan.gaps.top + plan.gaps.height * (1 - p / powers)) + 0.5;
    line(g, plan.left, y, plan.right, y);
    g.fillText(gapNames[p]!, plan.left - 8, y);
  }
  for (const [name, band] of [
    ['pastes', plan.pastes],
    ['commands', plan.commands],
    ['output', plan.output],
    ['events', plan.ticks],
  ] as const) {
    if (!band) continue;
    g.fillText(name, plan.left - 8, band.top + band.height / 2);
    const y = Math.round(band.top + band.height) + 0.5;
    line(g, plan.left, y, plan.right, y);
  }
  drawAxis(s);
}

function drawAxis(s: Scene): void {
  const { g, plan, view, colour } = s;
  const scale = scaleOf(plan, view.from, view.to);
  const t = ticks(view, Math.max(2, Math.floor((plan.right - plan.left) / 70)));
  g.textAlign = 'center';
  for (const at of t.at) {
    const x = Math.round(plan.left + (at - view.from) * scale) + 0.5;
    g.strokeStyle = colour('--line');
    line(g, x, plan.gaps.top, x, plan.axis.top + 2);
    const text = tickText(at, t.step);
    const half = g.measureText(text).width / 2;
    g.fillText(text, Math.min(plan.right - half, Math.max(plan.left + half, x)), plan.axis.top + 11);
  }
}

/** A time on the axis, as finely as its step asks for. */
export function tickText(at: number, step: number): string {
  if (step >= 1) return clock(at + 1e-6);
  const digits = step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  const whole = Math.floor(at + 1e-9);
  return clock(whole) + Math.max(0, at - whole).toFixed(digits).slice(1);
}

function drawMarks(s: Scene): void {
  const { g, plan, view, marks, colour } = s;
  if (marks.length === 0) return;
  const scale = scaleOf(plan, view.from, view.to);
  const bottom = plan.axis.top - 2;
  const ink = colour('--mark');
  const edge = colour('--soft');
  let last = -Infinity;
  g.fillStyle = ink;
  g.strokeStyle = ink;
  g.lineWidth = 1.5;
  for (const m of marks) {
    if (m.to < view.from || m.from > view.to) continue;
    const x = plan.left + (Math.max(m.from, view.from - 1) - view.from) * scale;
    const w = Math.max(2, (Math.min(m.to, view.to + 1) - Math.max(m.from, view.from - 1)) * scale);
    if (x + w <= last + 0.5) continue; // it would be covered
    last = Math.max(last, x + w);
    g.globalAlpha = w <= 3 ? 0.5 : 0.3;
    g.fillRect(x, plan.gaps.top - 6, w, bottom - plan.gaps.top + 6);
    g.globalAlpha = 1;
    g.fillRect(x, plan.gaps.top - 6, w, 4);
    g.fillStyle = edge; // seen on any ground
    g.fillRect(x, plan.gaps.top - 7, w, 1.5);
    g.fillStyle = ink;
    if (w > 6) g.strokeRect(x + 0.75, plan.gaps.top - 5.25, w - 1.5, bottom - plan.gaps.top + 4.5);
  }
  g.globalAlpha = 1;
}

function drawOutput(s: Scene): void {
  const { g, lanes, plan, view, colour } = s;
  const band = plan.output;
  if (!band || lanes.most === 0) return;
  const scale = scaleOf(plan, view.from, view.to);
  const step = Math.max(lanes.outputStep, 1e-9);
  const i = Math.max(0, Math.floor((view.from - lanes.outputFrom) / step));
  const j = Math.min(lanes.output.length, Math.ceil((view.to - lanes.outputFrom) / step) + 1);
  const most = Math.log1p(lanes.most);
  g.fillStyle = colour('--s6');
  for (let k = i; k < j; k++) {
    if (!lanes.output[k]) continue;
    const h = Math.max(1.5, (band.height * Math.log1p(lanes.output[k]!)) / most);
    const x = plan.left + (lanes.outputFrom + k * step - view.from) * scale;
    g.fillRect(x, band.top + band.height - h, Math.max(1, step * scale - (step * scale > 4 ? 1 : 0)), h);
  }
}

function drawCommands(s: Scene): void {
  const { g, lanes, plan, view, colour } = s;
  if (!plan.commands) return;
  const scale = scaleOf(plan, view.from, view.to);
  const { top, height } = plan.commands;
  let last = -Infinity;
  const first = Math.max(0, lowest(lanes.start, view.from) - 1);
  for (let k = first; k < lanes.start.length && lanes.start[k]! <= view.to; k++) {
    const x = plan.left + (lanes.start[k]! - view.from) * scale;
    const w = Math.max(2, (lanes.stop[k]! - lanes.start[k]!) * scale);
    const wrong = lanes.errored[k];
    if (x + w < last && !wrong) continue;
    last = Math.max(last, x + w + 1);
    g.fillStyle = colour('--s4');
    g.fillRect(x, top + 4, w, height - 4);
    if (wrong) cross(g, x + w, top + 4, colour);
  }
}

/** The sign of an error: a cross on the ground, so that it is seen on anything. */
function cross(g: CanvasRenderingContext2D, x: number, y: number, colour: (name: string) => string): void {
  g.fillStyle = colour('--raised');
  g.fillRect(x - 5, y - 5, 10, 10);
  g.strokeStyle = colour('--s2');
  g.lineWidth = 2;
  line(g, x - 3, y - 3, x + 3, y + 3);
  line(g, x - 3, y + 3, x + 3, y - 3);
}

function drawPastes(s: Scene): void {
  const { g, lanes, plan, view, colour } = s;
  const band = plan.pastes;
  if (!band) return;
  const scale = scaleOf(plan, view.from, view.to);
  // The size is written where there is room for it before the next one.
  let last = -Infinity;
  let size = '';
  const write = (until: number): void => {
    if (size === '' || last + 4 + g.measureText(size).width > until - 4) return;
    g.fillStyle = colour('--soft');
    g.fillText(size, last + 4, band.top + band.height / 2);
  };
  g.textAlign = 'left';
  for (const k of lanes.pastes) {
    const at = lanes.t[k]!;
    if (at < view.from || at > view.to) continue;
    const x = plan.left + (at - view.from) * scale;
    if (x < last + 0.5) continue;
    write(x);
    const h = Math.min(band.height, 5 + 3.5 * Math.log10(Math.max(1, lanes.chars[k]!)));
    g.fillStyle = colour('--ink');
    g.fillRect(x - 1.5, band.top + band.height - h, 3, h);
    last = x;
    size = String(lanes.chars[k]);
  }
  write(Infinity);
}

function drawTicks(s: Scene): void {
  const band: Band | undefined = s.plan.ticks;
  if (!band) return;
  const scale = scaleOf(s.plan, s.view.from, s.view.to);
  const at = (t: number): number => s.plan.left + (t - s.view.from) * scale;
  s.g.lineWidth = 1.5;
  s.g.strokeStyle = s.colour('--s3');
  for (const t of s.lanes.resizes) {
    if (t >= s.view.from && t <= s.view.to) s.g.strokeRect(at(t) - 3, band.top + 3, 6, 6);
  }
  s.g.fillStyle = s.colour('--s5');
  for (const t of s.lanes.markers) {
    if (t < s.view.from || t > s.view.to) continue;
    s.g.beginPath();
    s.g.moveTo(at(t) - 4, band.top + 1);
    s.g.lineTo(at(t) + 4, band.top + 1);
    s.g.lineTo(at(t), band.top + band.height);
    s.g.fill();
  }
}

function line(g: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}
