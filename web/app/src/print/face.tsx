import { useEffect, useRef } from 'preact/hooks';
import { type Box, boxOf } from '../bounds.ts';
import { colourOf, inkOn, statusOf, useOf } from '../catalogue.ts';
import type { CollectionName } from '../catalogue.gen.ts';
import type { Item } from '../types.ts';
import { printWords } from './choice.ts';
import { type Corner, ringsOf } from './corners.ts';
import { type Frame, toPaper } from './frame.ts';
import type { Grid, Tick } from './grid.ts';
import { LaidFace } from './laidface.tsx';
import { namesOf } from './laidshape.ts';
import { codeOf, type Drawn, type Picture } from './make.ts';
import { spread as withRoom, type Wanted } from './names.ts';

interface FaceProps {
  drawn: Drawn;
  grid: Grid;
  corners: readonly Corner[];
}

/** The map's face: the picture or the outlines, and over it frame, grid, corners and north arrow. */
export function Face({ drawn, grid, corners }: FaceProps) {
  const { layout, frame, picture, outlines, laidShapes, thing } = drawn;
  const { map } = layout;
  return (
    <div
      class="print-face"
      style={{ left: `${map.x}mm`, top: `${map.y}mm`, width: `${map.width}mm`, height: `${map.height}mm` }}
    >
      {picture && <MapPicture picture={picture} frame={frame} />}
      <svg
        width={`${map.width}mm`}
        height={`${map.height}mm`}
        viewBox={`0 0 ${map.width} ${map.height}`}
        role="img"
        aria-label={printWords.value.drawing}
      >
        {outlines.length > 0 && <Hatches />}
        <clipPath id="print-clip">
          <rect width={map.width} height={map.height} />
        </clipPath>
        <g clip-path="url(#print-clip)">
          {outlines.flatMap((o) =>
            o.items.map((item) => <Outline key={item.id} of={o.collection} item={item} frame={frame} />),
          )}
          {laidShapes.map((l) => (
            <LaidFace key={l.overlay.name} laid={l} />
          ))}
          {namesIn(drawn).map((n) => (
            <text key={`${n.name} ${n.x}`} class="name" x={mm(n.x)} y={mm(n.y)} text-anchor="middle">
              {n.name}
            </text>
          ))}
          {grid.crosses.map((p) => (
            <path
              key={`${p.x} ${p.y}`}
              class="cross"
              d={`M${mm(p.x)} ${mm(p.y)}m-1.500 0h3m-1.500-1.500v3`}
            />
          ))}
          {thing && <path class="chosen" d={pathOf(thing.geometry, frame)} />}
          {spread(corners, frame, layout.corners).map((c) => (
            <g key={c.no} class="corner">
              <circle cx={mm(c.x)} cy={mm(c.y)} r={0.6} />
              {c.label && (
                <text x={mm(c.lx)} y={mm(c.ly)} text-anchor="middle">
                  {c.no}
                </text>
              )}
            </g>
          ))}
        </g>
        {grid.ticks.map((t) => (
          <TickMark key={`${t.side}${t.at}`} tick={t} frame={frame} />
        ))}
        <rect class="rim" width={map.width} height={map.height} />
        <g class="north" transform={`translate(${map.width - 9} 10)`}>
          <circle r={7} />
          <path d="M0-6.500L2.600 3.500 0 1.800-2.600 3.500z" />
          <text y={6} text-anchor="middle">
            {printWords.value.north}
          </text>
        </g>
      </svg>
    </div>
  );
}

function MapPicture({ picture, frame }: { picture: Picture; frame: Frame }) {
  const box = useRef<HTMLDivElement>(null);
  const { canvas, width, height, edges } = picture;
  useEffect(() => {
    Object.assign(canvas.style, {
      left: `${(frame.width - width) / 2}mm`,
      top: `${(frame.height - height) / 2}mm`,
      width: `${width}mm`,
      height: `${height}mm`,
    });
    box.current?.replaceChildren(canvas);
  }, [canvas]);
  return (
    <div
      ref={box}
      class="print-picture"
      data-width={width}
      data-height={height}
      data-edges={JSON.stringify(edges)}
    />
  );
}

function Outline({ of, item, frame }: { of: CollectionName; item: Item; frame: Frame }) {
  const code = codeOf(of, item);
  const status = statusOf(of === 'areas' ? 'area' : 'parcel', code);
  const token = (status ?? useOf(code))?.token;
  const fill = code !== '' && token ? colourOf(token, 'light') : 'none';
  const path = pathOf(item.geometry, frame);
  const hatch = status && status.hatch !== 'none' ? hatchOf(status.hatch, inkOn(fill)) : '';
  return (
    <>
      <path class={`outline of-${of}`} fill={fill} fill-rule="evenodd" d={path} />
      {hatch !== '' && <path fill={`url(#${hatch})`} fill-rule="evenodd" d={path} />}
    </>
  );
}

/** The names that have room on outlines: of the land first, then of what is laid over it. */
function namesIn({ frame, outlines, laidShapes }: Drawn): readonly Wanted[] {
  const land = outlines.flatMap((o) => o.items.flatMap((item) => nameOf(item, frame) ?? []));
  const over = laidShapes.flatMap((l) => namesOf(l.shapes, frame));
  return withRoom([...land.map((n) => ({ ...n, size: n.size + FIRST })), ...over]);
}

/** The name of a thing in the middle of its outline, of several the largest. */
function nameOf(item: Item, frame: Frame): Wanted | null {
  const size = (b: Box) => (b[2] - b[0]) * (b[3] - b[1]);
  const parts = ringsOf(item.geometry).flatMap(({ ring, outer }) => {
    const part = outer ? boxOf({ coordinates: ring.map((p) => [p.lng, p.lat]) }) : null;
    return part ? [part] : [];
  });
  const box = parts.sort((a, b) => size(b) - size(a))[0];
  const name = String(item.properties.name || item.properties.notice_no || '');
  if (!box || name === '') return null;
  return {
    name,
    size: size(box),
    ...toPaper(frame, { lng: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 }),
  };
}

// More than any sheet is large, in square millimetres.
const FIRST = 1e6;

const INKS = ['#111111', '#ffffff'] as const;
const HATCHES = ['single', 'cross'] as const;

function hatchOf(hatch: (typeof HATCHES)[number], ink: string): string {
  return `print-${hatch}-${ink.slice(1)}`;
}

/** The hatches of outlines, as on the map: in the ink that can be seen on the fill. */
function Hatches() {
  return (
    <defs>
      {INKS.flatMap((ink) =>
        HATCHES.map((hatch) => (
          <pattern
            key={hatch + ink}
            id={hatchOf(hatch, ink)}
            width={2}
            height={2}
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path
              d={hatch === 'cross' ? 'M0 1h2M1 0v2' : 'M1 0v2'}
              stroke={ink}
              stroke-opacity={0.5}
              stroke-width={0.3}
            />
          </pattern>
        )),
      )}
    </defs>
  );
}

function TickMark({ tick, frame }: { tick: Tick; frame: Frame }) {
  const { side, at, label } = tick;
  if (side === 'top') return <path class="cross" d={`M${mm(at)} 0v2`} />;
  if (side === 'right') return <path class="cross" d={`M${frame.width} ${mm(at)}h-2`} />;
  if (side === 'bottom')
    return (
      <g class="grid">
        <path class="cross" d={`M${mm(at)} ${frame.height}v-2`} />
        <text x={mm(at)} y={frame.height + 3.4} text-anchor="middle">
          {label}
        </text>
      </g>
    );
  return (
    <g class="grid">
      <path class="cross" d={`M0 ${mm(at)}h2`} />
      <text transform={`translate(-1.400 ${mm(at)}) rotate(-90)`} text-anchor="middle">
        {label}
      </text>
    </g>
  );
}

// Labels stand this far from their corner, away from the middle; nearer than this they would overlap.
const ASIDE_MM = 3.4;
const LABEL_MM = { x: 6, y: 2.8 };

interface Placed {
  readonly no: string;
  readonly x: number;
  readonly y: number;
  readonly lx: number;
  readonly ly: number;
  readonly label: boolean;
}

function spread(corners: readonly Corner[], frame: Frame, most: number): Placed[] {
  const points = corners.map((c) => toPaper(frame, c.at));
  const middle = {
    x: points.reduce((sum, p) => sum + p.x, 0) / Math.max(1, points.length),
    y: points.reduce((sum, p) => sum + p.y, 0) / Math.max(1, points.length),
  };
  const taken: { x: number; y: number }[] = [];
  return corners.map((c, i) => {
    const p = points[i] ?? middle;
    const [dx, dy] = [p.x - middle.x, p.y - middle.y];
    const far = Math.max(Math.hypot(dx, dy), 1);
    const at = { x: p.x + (dx / far) * ASIDE_MM, y: p.y + (dy / far) * ASIDE_MM + 0.8 };
    const free = !taken.some((t) => Math.abs(t.x - at.x) < LABEL_MM.x && Math.abs(t.y - at.y) < LABEL_MM.y);
    const label = free && i < most;
    if (label) taken.push(at);
    return { no: c.no, x: p.x, y: p.y, lx: at.x, ly: at.y, label };
  });
}

function pathOf(geometry: unknown, frame: Frame): string {
  return ringsOf(geometry)
    .map(({ ring }) => {
      const points = ring.map((at) => {
        const p = toPaper(frame, at);
        return `${mm(p.x)} ${mm(p.y)}`;
      });
      return `M${points.join('L')}Z`;
    })
    .join('');
}

/** Millimetres to a hundredth. */
function mm(v: number): number {
  return Math.round(v * 100) / 100;
}
