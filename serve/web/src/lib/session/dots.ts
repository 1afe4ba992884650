// The gaps between keys as dots, each kind with a shape and a tone of its own.
import type { Scene } from './draw';
import { kinds, kindWords, lowest, type Kind } from './lanes';
import { thinned } from './thin';

const few = 4000; // dots that can have shapes

/** Draws the gaps that are in view; where dots overlap, one of each kind. */
export function drawDots(s: Scene): void {
  const { g, lanes, plan, view, colour } = s;
  const i = lowest(lanes.t, view.from);
  const j = lowest(lanes.t, view.to + 1e-9);
  const field = { from: view.from, to: view.to, width: plan.right - plan.left, height: plan.gaps.height };
  const picked = thinned(lanes, i, j, field, j - i > few ? 2 : 1);
  const shapes = picked.length <= few;
  const size = picked.length < 1000 ? 3 : 2.2;
  const scale = field.width / (view.to - view.from);
  const bottom = plan.gaps.top + plan.gaps.height;
  g.lineWidth = 1.5;
  kinds.forEach((kind, n) => {
    const ink = colour(kindWords[kind].colour);
    g.fillStyle = ink;
    g.strokeStyle = ink;
    for (const k of picked) {
      if (lanes.kind[k] !== n) continue;
      const x = plan.left + (lanes.t[k]! - view.from) * scale;
      const y = bottom - lanes.height[k]! * plan.gaps.height;
      if (shapes) shape(g, kind, x, y, kind === 'key' ? size * 0.85 : size);
      else g.fillRect(x - 1, y - 1, 2, 2);
    }
  });
}

function shape(g: CanvasRenderingContext2D, kind: Kind, x: number, y: number, r: number): void {
  g.beginPath();
  switch (kind) {
    case 'key':
      g.arc(x, y, r, 0, 2 * Math.PI);
      return g.fill();
    case 'text':
      return g.fillRect(x - r, y - r, 2 * r, 2 * r);
    case 'paste':
      return g.strokeRect(x - r, y - r, 2 * r, 2 * r);
    case 'erase':
      g.moveTo(x - r, y - r);
      g.lineTo(x + r, y + r);
      g.moveTo(x - r, y + r);
      g.lineTo(x + r, y - r);
      return g.stroke();
    case 'enter':
      path(g, [x - r, y - r, x + r, y - r, x, y + r]);
      return g.fill();
    case 'tab':
      path(g, [x - r, y - r, x + r, y, x - r, y + r]);
      return g.fill();
    case 'control':
      path(g, [x, y - r * 1.2, x + r * 1.2, y, x, y + r * 1.2, x - r * 1.2, y]);
      return g.fill();
  }
}

function path(g: CanvasRenderingContext2D, points: number[]): void {
  g.moveTo(points[0]!, points[1]!);
  for (let i = 2; i < points.length; i += 2) g.lineTo(points[i]!, points[i + 1]!);
  g.closePath();
}
