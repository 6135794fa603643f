import { lookOf, shownColour } from '../map/overlaylook.ts';
import { CSS_PX, type OnPaper } from './frame.ts';
import type { LaidShape, LaidShapes, PaperBox } from './laidshape.ts';

const DOT_MM = 1.2;
const HATCH_MM = 1.8;

/** A layer over the map without the map: the shapes that it has in the frame, as the map draws them on paper. */
export function LaidFace({ laid }: { laid: LaidShapes }) {
  const { overlay, seen, shapes } = laid;
  const look = lookOf(overlay.kind);
  const colour = shownColour(overlay.colour, 'light');
  const width = look.width / CSS_PX;
  const hatch = `print-over-${overlay.name}`;
  const groups = new Map<string, LaidShape[]>();
  for (const s of shapes) {
    const clip = clipName(overlay.name, s.within);
    groups.set(clip, [...(groups.get(clip) ?? []), s]);
  }
  return (
    <g class="laid" data-overlay={overlay.name}>
      {look.hatch && (
        <pattern
          id={hatch}
          width={HATCH_MM}
          height={HATCH_MM}
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <path d={`M0.300 0v${HATCH_MM}`} stroke={colour} stroke-width={0.25} />
        </pattern>
      )}
      {[...groups].map(([clip, group]) => (
        <g key={clip} {...(clip !== '' && { 'clip-path': `url(#${clip})` })}>
          {clip !== '' && <Clip id={clip} box={group[0]?.within ?? null} />}
          {group.map((s, i) => (
            <g key={i} opacity={seen}>
              {s.kind === 'area' && (
                <path d={pathOf(s)} fill={colour} fill-opacity={look.fill} fill-rule="evenodd" />
              )}
              {s.kind === 'area' && look.hatch && (
                <path d={pathOf(s)} fill={`url(#${hatch})`} fill-rule="evenodd" />
              )}
              {s.kind === 'dot' ? (
                s.parts
                  .flat()
                  .map((p) => <circle key={`${p.x} ${p.y}`} cx={p.x} cy={p.y} r={DOT_MM} fill={colour} />)
              ) : (
                <path
                  d={pathOf(s)}
                  fill="none"
                  stroke={colour}
                  stroke-width={width}
                  stroke-linejoin="round"
                  {...(look.dash && { 'stroke-dasharray': look.dash.map((d) => d * width).join(' ') })}
                />
              )}
            </g>
          ))}
        </g>
      ))}
    </g>
  );
}

function Clip({ id, box }: { id: string; box: PaperBox | null }) {
  if (!box) return null;
  return (
    <clipPath id={id}>
      <rect x={box.left} y={box.top} width={box.right - box.left} height={box.bottom - box.top} />
    </clipPath>
  );
}

function clipName(overlay: string, box: PaperBox | null): string {
  return box ? `print-tile-${overlay}-${Math.round(box.left)}-${Math.round(box.top)}` : '';
}

function pathOf({ kind, parts }: LaidShape): string {
  const end = kind === 'area' ? 'Z' : '';
  return parts.map((part) => `M${part.map(at).join('L')}${end}`).join('');
}

// To a hundredth of a millimetre.
function at({ x, y }: OnPaper): string {
  return `${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100}`;
}
