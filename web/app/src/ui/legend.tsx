import { useComputed, untracked, useSignalEffect } from '@preact/signals';
import { STATUSES } from '../catalogue.gen.ts';
import { inkOn, legendRows, nameOf, PROJECTS, statusOf } from '../catalogue.ts';
import { buildingLook } from '../map/buildinglook.ts';
import { cellsShown } from '../store/camera.ts';
import { counts, loadUseCounts } from '../store/counts.ts';
import { shownDay } from '../store/day.ts';
import { overlayLegend } from '../store/overlays.ts';
import { pastFigures } from '../store/past.ts';
import { fmt, staff, summary } from '../store/server.ts';
import { go, lang, theme, view, words } from '../store/view.ts';
import { AsOf } from './asof.tsx';
import { Swatch } from './swatch.tsx';

/** What the colours mean and how many there are of each; pressing a row hides or shows it on the map. */
export function Legend() {
  const w = words.value.legend;
  const { mode, hide } = view.value;
  const Overlays = overlayLegend.value;
  const byUse = useComputed(() => view.value.mode === 'use');
  const filter = useComputed(() => JSON.stringify(view.value.filter));
  useSignalEffect(() => {
    void filter.value;
    if (byUse.value) untracked(() => void loadUseCounts());
  });
  return (
    <section class="legend" aria-labelledby="legend-title">
      <header>
        <h2 id="legend-title">{w.title}</h2>
        {hide.length > 0 ? (
          <button type="button" class="plain" onClick={() => go({ hide: [] })}>
            {w.all}
          </button>
        ) : (
          <span class="hint">{w.hint}</span>
        )}
      </header>
      {Overlays && <Overlays />}
      {!pastFigures.value && <AsOf />}
      {mode !== 'clearance' && shownDay.value === null && cellsShown.value && (
        <p class="as-of">{mode === 'auction' ? w.cells : w.cellsPlain}</p>
      )}
      <ul class="legend-rows">
        {legendRows(mode, staff.value).map((r) => {
          const n = counts.value === null ? null : (counts.value.get(r.code) ?? 0);
          const on = !hide.includes(r.code);
          return (
            <li key={r.code} class="legend-item">
              <button
                type="button"
                class={n === 0 ? 'legend-row zero' : 'legend-row'}
                aria-pressed={on}
                data-code={r.code}
                onClick={() => toggle(r.code)}
              >
                <Swatch look={r} />
                <span class="legend-name">{nameOf(r, lang.value)}</span>
                <span class="count">{n === null ? '·' : fmt.value.int(n)}</span>
              </button>
              <button
                type="button"
                class="legend-only"
                aria-label={w.onlyThis(nameOf(r, lang.value))}
                onClick={() => showOnly(r.code)}
              >
                {w.only}
              </button>
            </li>
          );
        })}
        <ProjectsRow />
      </ul>
      {mode === 'clearance' && staff.value && <BuildingKey />}
      <OtherMarks />
    </section>
  );
}

// One row alone; pressed on a row that is alone, all of them. The projects stay as they are.
function showOnly(code: string): void {
  const { mode, hide } = view.value;
  const rest = legendRows(mode, staff.value).flatMap((r) => (r.code === code ? [] : [r.code]));
  const alone = !hide.includes(code) && rest.every((c) => hide.includes(c));
  const projects = hide.filter((c) => c === PROJECTS);
  go({ hide: alone ? projects : [...rest, ...projects] });
}

function ProjectsRow() {
  const w = words.value.legend;
  const n = summary.value?.projects.total;
  return (
    <li class="projects-row">
      <button
        type="button"
        class="legend-row"
        aria-pressed={!view.value.hide.includes(PROJECTS)}
        data-code={PROJECTS}
        onClick={() => toggle(PROJECTS)}
      >
        <span class="swatch-room" aria-hidden="true">
          <span class="mark diamond" />
        </span>
        <span class="legend-name">{w.project}</span>
        <span class="count">{n === undefined ? '·' : fmt.value.int(n)}</span>
      </button>
    </li>
  );
}

function toggle(code: string): void {
  const { hide } = view.value;
  go({ hide: hide.includes(code) ? hide.filter((c) => c !== code) : [...hide, code] });
}

function OtherMarks() {
  const w = words.value.legend;
  const clearance = view.value.mode === 'clearance';
  const cleared = statusOf('area', 'cleared');
  return (
    <details class="other-marks">
      <summary>{w.other}</summary>
      <ul>
        {clearance && cleared && (
          <li>
            <span class="mark dots" aria-hidden="true" />
            {w.clearedLand}
          </li>
        )}
        <li>
          <span class="swatch-room" aria-hidden="true">
            <span class="mark diamond big" />
          </span>
          {w.projectYi}
        </li>
      </ul>
    </details>
  );
}

/** How the houses are drawn; they have their own course, beside that of their area. */
function BuildingKey() {
  return (
    <details class="other-marks">
      <summary>{words.value.legend.buildings}</summary>
      <ul class="legend-rows">
        {STATUSES.building.map((s) => {
          const look = buildingLook(s.code, theme.value);
          return (
            <li key={s.code}>
              <span
                class={`mark house ${look.is} hatch-${look.is === 'standing' ? s.hatch : 'none'}`}
                style={{ '--fill': look.fill, '--ink': inkOn(look.fill) }}
                aria-hidden="true"
              />
              {nameOf(s, lang.value)}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
