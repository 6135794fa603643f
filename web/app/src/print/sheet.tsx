import { sourceOf, titleOf } from '../map/overlaylook.ts';
import { archive } from '../store/archive.ts';
import { district, districtName, fmt, staff } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import { heading, paper, plane, printWords, ratio, turn } from './choice.ts';
import { Corners } from './cornertable.tsx';
import { cornersOf } from './corners.ts';
import { Face } from './face.tsx';
import { convergence, gridOf, minutes } from './grid.ts';
import { Key } from './key.tsx';
import { barOf, type Place } from './layout.ts';
import type { Drawn } from './make.ts';

// What is as high as its page would begin a second one when it is rounded up. Millimetres.
const PAGE_END = 0.2;

// The width of a digit under the scale bar, in millimetres: the unit stands beside the last number, which
// is centred on the bar's end as all are.
const DIGIT_MM = 1.3;

/** A sheet of paper, drawn in its own size. */
export function Sheet({ drawn }: { drawn: Drawn }) {
  const w = printWords.value;
  const { layout, frame, thing } = drawn;
  const d = district.value;
  const { date } = view.value;
  const grid = gridOf(frame, plane.value);
  const corners = thing?.corners ? cornersOf(thing.geometry, plane.value) : [];
  const base = d?.base_map?.kind ? d.base_map.attribution : '';
  const overs = drawn.laid.flatMap((o) =>
    sourceOf(o, lang.value) ? [w.over(titleOf(o, lang.value), sourceOf(o, lang.value))] : [],
  );
  const day = date ?? archive.value?.at ?? null;
  const moment = archive.value?.changed ?? drawn.at;
  const asOf = day === null ? fmt.value.moment(moment) : `${fmt.value.date(day)} 24:00`;
  return (
    <article
      class={`print-sheet ${paper.value} ${turn.value}`}
      aria-label={heading.value}
      data-scale={frame.scale}
      style={{ width: `${layout.width}mm`, height: `${layout.height - PAGE_END}mm` }}
    >
      <header style={placed(layout.head)}>
        <h1>{heading.value}</h1>
        <p>
          {[
            w.asOf(asOf),
            drawn.revision > 0 ? w.revision(fmt.value.int(drawn.revision)) : '',
            d?.demo ? w.demo : '',
            staff.value ? w.inside : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </header>
      <Face drawn={drawn} grid={grid} corners={corners} />
      <div class="print-notes" style={placed(layout.notes)}>
        <Key drawn={drawn} />
        <section class="print-measure">
          <Bar scale={frame.scale} />
          <p>
            {w.trueNorth}
            {plane.value && (
              <>
                <br />
                {w.convergence(
                  minutes(convergence(frame.middle, plane.value)),
                  convergence(frame.middle, plane.value) > 0,
                )}
              </>
            )}
          </p>
          <p>
            {w.system(
              plane.value
                ? w.plane(plane.value.zone.width, plane.value.zone.meridian, plane.value.srid)
                : w.degrees,
            )}
            {'；'}
            {w.grid(plane.value ? w.metres(fmt.value.int(grid.step)) : arc(grid.step))}
          </p>
          {drawn.qr && (
            <figure class="print-qr">
              <img src={drawn.qr} alt={w.qrAlt} />
              <figcaption>{w.qr}</figcaption>
            </figure>
          )}
        </section>
        {thing && corners.length > 0 && (
          <Corners name={thing.name} all={corners} most={layout.corners} metric={plane.value !== null} />
        )}
      </div>
      <footer style={placed(layout.foot)}>
        <p>
          {w.approval} <span class="print-approval">{d?.approval_no}</span>
        </p>
        <p>
          {[
            w.source(districtName.value),
            base ? w.base(base) : '',
            ...overs,
            w.printed(fmt.value.moment(drawn.at)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </footer>
    </article>
  );
}

/** The scale bar, in millimetres of paper. */
function Bar({ scale }: { scale: number }) {
  const w = printWords.value;
  const fields = barOf(scale);
  const end = fields.at(-1);
  if (!end) return null;
  const [width, metres] = [end.x + end.width, end.metres];
  const unit = metres >= 2000 ? 1000 : 1;
  const text = (m: number) => `${m / unit}`;
  return (
    <figure class="print-scale" data-metres={metres}>
      <figcaption>{w.ratio(ratio(scale))}</figcaption>
      <svg
        width={`${width + 12}mm`}
        height="7mm"
        viewBox={`-3 0 ${width + 12} 7`}
        role="img"
        aria-label={`${text(metres)} ${unit === 1 ? 'm' : 'km'}`}
      >
        {fields.map((f, i) => (
          <rect
            key={f.metres}
            class={i % 2 === 0 ? 'dark' : 'pale'}
            x={f.x}
            y={4}
            width={f.width}
            height={1.6}
          />
        ))}
        <path class="rim" d={`M0 4h${width}v1.6h${-width}z`} />
        <text x={0} y={3} text-anchor="middle">
          0
        </text>
        {fields.map((f) => (
          <text key={f.metres} x={f.x + f.width} y={3} text-anchor="middle">
            {text(f.metres)}
          </text>
        ))}
        <text x={width + text(metres).length * DIGIT_MM * 0.5 + 0.8} y={3}>
          {unit === 1 ? 'm' : 'km'}
        </text>
      </svg>
    </figure>
  );
}

/** A box on the paper, as a style. */
export function placed(p: Place): Record<string, string> {
  return { left: `${p.x}mm`, top: `${p.y}mm`, width: `${p.width}mm`, height: `${p.height}mm` };
}

function arc(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}′` : `${seconds}″`;
}
