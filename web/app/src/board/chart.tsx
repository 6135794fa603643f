import { fmt } from '../store/server.ts';
import { slim } from '../ui/wide.ts';

/** One line of a chart: x is a day number or a count of days, y what there is; null breaks it. */
export interface Line {
  readonly name: string;
  /** The class that gives it colour and dash. */
  readonly look: string;
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
}

const WIDE = 760;
// On a phone the drawing is narrower instead of smaller: its words keep their size.
const SLIM = 430;
const MOST_TICKS = 5;
const HEIGHT = 300;
const LEFT = 58;
// Room for the names at the ends of the lines: at least that of a short one, at most that of a long area.
const RIGHT = 92;
const RIGHT_MOST = 190;
const NAME_GAP = 6;
const HAN_WIDTH = 13.5;
const LATIN_WIDTH = 8;
const TOP = 14;
const BOTTOM = 30;
const LABEL_GAP = 15;

/** A round step of which at most `room` fit into the range. */
export function roundStep(range: number, room: number): number {
  const least = range / room;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((f) => f * power).find((s) => s >= least) ?? 10 * power;
}

/** Moves labels apart so that none covers another, as little as is needed and within the chart. */
export function apart(at: readonly number[], gap: number, most: number): number[] {
  const order = at.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  let last = Number.NEGATIVE_INFINITY;
  for (const o of order) {
    o.y = Math.max(o.y, last + gap);
    last = o.y;
  }
  let limit = most;
  for (const o of order.toReversed()) {
    o.y = Math.min(o.y, limit);
    limit = o.y - gap;
  }
  const out = [...at];
  for (const o of order) out[o.i] = o.y;
  return out;
}

/** How much room the longest name needs to the right of the lines, in the units of the drawing. */
export function nameRoom(names: readonly string[]): number {
  const wide = (c: string) => (c.charCodeAt(0) > 0x2e7f ? HAN_WIDTH : LATIN_WIDTH);
  const widths = names.map((n) => [...n].reduce((sum, c) => sum + wide(c), 2 * NAME_GAP));
  return Math.min(RIGHT_MOST, Math.max(RIGHT, ...widths));
}

/** A line chart in SVG: labelled at the ends of the lines, its text told to who cannot see it. */
export function LineChart({
  label,
  lines,
  ticks,
  mark,
}: {
  label: string;
  lines: readonly Line[];
  /** The words below the axis. */
  ticks: readonly { x: number; text: string }[];
  /** An upright line, as of today. */
  mark?: { x: number; text: string } | undefined;
}) {
  const width = slim.value ? SLIM : WIDE;
  const right = nameRoom(lines.map((l) => l.name));
  const every = slim.value ? Math.ceil(ticks.length / MOST_TICKS) : 1;
  const all = lines.flatMap((l) => l.points);
  const xs = all.map((p) => p.x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.max(1, ...all.map((p) => p.y ?? 0));
  const step = roundStep(top, 4);
  const ceiling = Math.ceil(top / step) * step;
  const px = (x: number) => LEFT + ((x - low) / Math.max(1, high - low)) * (width - LEFT - right);
  const py = (y: number) => HEIGHT - BOTTOM - (y / ceiling) * (HEIGHT - TOP - BOTTOM);
  const ends = lines.map((l) => l.points.findLast((p) => p.y !== null));
  const heights = apart(
    ends.map((p) => py(p?.y ?? 0)),
    LABEL_GAP,
    HEIGHT - BOTTOM,
  );
  const levels = Array.from({ length: Math.round(ceiling / step) + 1 }, (_, i) => i * step);
  return (
    <svg class="line-chart" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      <title>{label}</title>
      {levels.map((v) => (
        <g key={v}>
          <line class="grid" x1={LEFT} x2={width - right} y1={py(v)} y2={py(v)} />
          <text class="tick" x={LEFT - 6} y={py(v) + 4} text-anchor="end">
            {fmt.value.int(v)}
          </text>
        </g>
      ))}
      {ticks
        .filter((_, i) => i % every === 0)
        .map((t) => (
          <text key={t.x} class="tick" x={px(t.x)} y={HEIGHT - 9} text-anchor="middle">
            {t.text}
          </text>
        ))}
      {mark && (
        <g>
          <line class="mark" x1={px(mark.x)} x2={px(mark.x)} y1={TOP} y2={HEIGHT - BOTTOM} />
          <text class="tick" x={px(mark.x) - 4} y={TOP + 8} text-anchor="end">
            {mark.text}
          </text>
        </g>
      )}
      {lines.map((l) => (
        <path key={l.name} class={`line ${l.look}`} d={pathOf(l, px, py)} />
      ))}
      {lines.map((l, i) => {
        const end = ends[i];
        if (!end) return null;
        return (
          <text
            key={l.name}
            class={`line-name ${l.look}`}
            x={width - right + NAME_GAP}
            y={(heights[i] ?? 0) + 4}
          >
            {l.name}
          </text>
        );
      })}
    </svg>
  );
}

function pathOf(l: Line, px: (x: number) => number, py: (y: number) => number): string {
  let d = '';
  let pen = false;
  for (const p of l.points) {
    if (p.y === null) {
      pen = false;
      continue;
    }
    d += `${pen ? 'L' : 'M'}${px(p.x).toFixed(1)} ${py(p.y).toFixed(1)}`;
    pen = true;
  }
  return d;
}

const DAY_MS = 86_400_000;

/** The number of a day, for the axis. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

/** The beginnings of years or months between two days, few enough to be read. */
export function dayTicks(from: number, to: number): { x: number; text: string }[] {
  const months = to - from < 900 ? 3 : 12;
  const out: { x: number; text: string }[] = [];
  const first = new Date(from * DAY_MS);
  for (let m = 0; ; m += months) {
    const x = Math.round(Date.UTC(first.getUTCFullYear(), m, 1) / DAY_MS);
    if (x > to) break;
    const d = new Date(x * DAY_MS);
    const text =
      months === 12
        ? `${d.getUTCFullYear()}`
        : `${d.getUTCFullYear()}-${String(d.getUTCMonth() + 1).padStart(2, '0')}`;
    if (x >= from) out.push({ x, text });
  }
  const every = Math.ceil(out.length / 9);
  return out.filter((_, i) => i % every === 0);
}
