// Where the lanes stand, in pixels from the top of the drawing.
import type { Lanes } from './lanes';

export interface Band {
  top: number;
  height: number;
}

export interface Plan {
  left: number; // where time begins
  right: number; // where it ends
  height: number;
  gaps: Band;
  pastes?: Band;
  commands?: Band;
  output?: Band;
  ticks?: Band; // resizes and markers
  axis: Band;
}

const between = 8; // px

/** Plans the lanes for a width; lanes that would be empty are left out. */
export function planOf(lanes: Lanes, width: number): Plan {
  let y = 8;
  const take = (height: number): Band => {
    const band = { top: y, height };
    y += height + between;
    return band;
  };
  const gaps = take(132);
  y += 6;
  const pastes = lanes.pastes.length > 0 ? take(18) : undefined;
  const commands = lanes.start.length > 0 ? take(18) : undefined;
  const output = lanes.most > 0 ? take(44) : undefined;
  const ticks = lanes.resizes.length + lanes.markers.length > 0 ? take(12) : undefined;
  y -= 4;
  const axis = take(20);
  return { left: 80, right: Math.max(88, width - 8), height: y - between, gaps, pastes, commands, output, ticks, axis };
}

/** How many pixels a second takes. */
export const scaleOf = (plan: Plan, from: number, to: number): number => (plan.right - plan.left) / (to - from);
