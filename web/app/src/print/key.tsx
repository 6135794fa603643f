import { COLOURS, STATUSES } from '../catalogue.gen.ts';
import { inkOn, type LegendRow, legendRows, PROJECTS } from '../catalogue.ts';
import { buildingLook } from '../map/buildinglook.ts';
import { titleOf } from '../map/overlaylook.ts';
import { DOTS, houses } from '../map/shown.ts';
import { fmt, staff } from '../store/server.ts';
import { lang, view, words } from '../store/view.ts';
import { OverlaySwatch } from '../tools/overlaykey.tsx';
import { printWords } from './choice.ts';
import { type Drawn, rowName } from './make.ts';

/** The legend of a sheet: the rows that its frame shows something of. */
export function Key({ drawn }: { drawn: Drawn }) {
  const w = printWords.value;
  const { mode } = view.value;
  const rows = legendRows(mode, staff.value).filter((r) => drawn.shown.has(r.code));
  const projects = drawn.shown.has(PROJECTS);
  const standing = STATUSES.building.filter((s) => drawn.shown.has(houses(s.code)));
  const cut = drawn.outlines.filter((o) => o.matched > o.items.length);
  return (
    <section class="print-key">
      <h2>{w.legend}</h2>
      {rows.length === 0 && !projects && drawn.laid.length === 0 && <p>{w.legendNone}</p>}
      <ul>
        {rows.map((r) => (
          <li key={r.code} data-code={r.code}>
            <Swatch row={r} />
            {rowName(r)}
          </li>
        ))}
        {projects && (
          <li data-code={PROJECTS}>
            <span class="swatch-room" aria-hidden="true">
              <span class="mark diamond" />
            </span>
            {words.value.things.projects}
          </li>
        )}
        {drawn.shown.has(DOTS) && (
          <li data-code={DOTS}>
            <span class="mark dots" aria-hidden="true" />
            {words.value.legend.clearedLand}
          </li>
        )}
        {standing.map((s) => {
          const look = buildingLook(s.code, 'light');
          return (
            <li key={s.code} data-code={houses(s.code)}>
              <span
                class={`mark house ${look.is} hatch-${look.is === 'standing' ? s.hatch : 'none'}`}
                style={{ '--fill': look.fill, '--ink': inkOn(look.fill) }}
                aria-hidden="true"
              />
              {w.house(rowName(s))}
            </li>
          );
        })}
        {drawn.laid.map((o) => (
          <li key={o.name} data-overlay={o.name}>
            <OverlaySwatch overlay={o} on="light" />
            {titleOf(o, lang.value)}
          </li>
        ))}
        {drawn.thing && (
          <li>
            <span class="swatch chosen" aria-hidden="true" />
            {w.selected}
          </li>
        )}
      </ul>
      {!drawn.picture && <p>{w.outlines}</p>}
      {cut.map((o) => (
        <p key={o.collection}>
          {words.value.things[o.collection]}：{w.cut(fmt.value.int(o.items.length), fmt.value.int(o.matched))}
        </p>
      ))}
    </section>
  );
}

// As on the map, but in the colours of paper whatever the screen's are.
function Swatch({ row }: { row: LegendRow }) {
  const fill = COLOURS[row.token].light;
  return (
    <span
      class={`swatch hatch-${row.hatch} outline-${row.outline}`}
      style={{ '--fill': fill, '--ink': inkOn(fill) }}
      aria-hidden="true"
    />
  );
}
