import { signal, useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api.ts';
import { STATUSES } from '../catalogue.gen.ts';
import { nameOf } from '../catalogue.ts';
import { fileHref } from '../store/route.ts';
import { api, fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import type { Item } from '../types.ts';
import { Swatch } from '../ui/swatch.tsx';
import { desk } from './deskwords.ts';
import type { Thresholds } from './desktypes.ts';
import { FilterBar, type FilterDef, filtersOf, setFilters } from './filters.tsx';
import { today } from './days.ts';
import { Frame } from './frame.tsx';
import { LightText } from './lighttext.tsx';
import { text, number, WHOLE } from './listpage.tsx';
import { itemsOf } from './names.ts';
import { NewItem } from './newitem.tsx';
import { named, optionName, optionsOf } from './options.ts';
import { usePages } from './paging.ts';
import { areaFilter } from './parcels.tsx';
import { isLarge, type Stage, monthsBetween, stageLight, stagesOf } from './stages.ts';
import { zone } from './speech.ts';
import { may } from './store.ts';
import { Failure } from './table.tsx';

const FILTERS = ['industry', 'board', 'area'];
// What the server does not filter by.
const LARGE = 'over_1yi';
// From so many months on, years are told.
const LONG = 24;
const SKELETONS = ['a', 'b', 'c'];

/** The investment pipeline: a column per stage with its count and sum, a card per project. */
export function PipelinePage() {
  const w = desk.value.pipeline;
  const filters = filtersOf(FILTERS);
  const query = new URLSearchParams({ ...filters, limit: String(WHOLE) });
  const reader = usePages(`/api/collections/projects/items?${query}`);
  const { rows: read, matched, next, loading, error, fresh } = reader.pages.value;
  const large = filtersOf([LARGE]);
  const rows = large[LARGE] ? read.filter(isLarge) : read;
  const making = useSignal(false);
  useEffect(() => void readLimits(), []);
  const stages = stagesOf(STATUSES.project, rows);
  const wan = rows.reduce((sum, r) => sum + (number(r, 'amount_wan') ?? 0), 0);
  return (
    <Frame title={w.title}>
      <div class="desk list pipeline">
        <header class="desk-head">
          <h1>{w.title}</h1>
          <p class="lead">{fresh && w.sum(fmt.value.money(wan))}</p>
          <div class="desk-actions">
            {may('write_projects') && (
              <button
                type="button"
                class="second"
                aria-expanded={making.value}
                onClick={() => {
                  making.value = !making.value;
                }}
              >
                {w.make}
              </button>
            )}
          </div>
        </header>
        <FilterBar
          defs={defs()}
          filters={{ ...filters, ...large }}
          matched={!fresh || (large[LARGE] && next !== null) ? null : large[LARGE] ? rows.length : matched}
          unit={w.count}
        />
        {making.value && (
          <NewItem
            collection="projects"
            title={w.make}
            label={w.makeNow}
            start={filters}
            close={() => {
              making.value = false;
            }}
          />
        )}
        {error && <Failure error={error} retry={reader.again} />}
        <StagePicker stages={stages} />
        <Board stages={stages} waiting={loading && rows.length === 0} />
      </div>
    </Frame>
  );
}

// After how many months in a stage a project is amber, and red.
const limits = signal({ amber: 2, red: 3 });

async function readLimits(): Promise<void> {
  try {
    const said = await api.read<Thresholds>('/api/thresholds');
    limits.value = { amber: said.pipeline_amber ?? 2, red: said.pipeline_red ?? 3 };
  } catch (err) {
    // The usual numbers stand until they can be read.
    if (!(err instanceof Problem)) throw err;
  }
}

function defs(): readonly FilterDef[] {
  const w = desk.value.pipeline;
  const boards = itemsOf('boards').map((b) => ({ code: text(b, 'name'), label: text(b, 'name') }));
  return [
    { name: 'industry', label: w.industry, options: named(optionsOf('projects', 'industry')) },
    { name: 'board', label: w.board, options: boards },
    areaFilter(w.area),
    { name: LARGE, label: w.amount, options: [{ code: '1', label: w.large }] },
  ];
}

// A phone shows one stage at a time.
function StagePicker({ stages }: { stages: readonly Stage[] }) {
  const now = shownStage(stages);
  return (
    <fieldset class="chips stage-picker">
      <legend class="unseen">{desk.value.pipeline.stage}</legend>
      {stages.map((s) => (
        <button
          key={s.status.code}
          type="button"
          class="chip"
          aria-pressed={s.status.code === now}
          onClick={() => setFilters({ stage: s.status.code })}
        >
          {nameOf(s.status, lang.value)}
          <small>{fmt.value.int(s.items.length)}</small>
        </button>
      ))}
    </fieldset>
  );
}

function shownStage(stages: readonly Stage[]): string {
  const asked = filtersOf(['stage']).stage;
  const known = stages.find((s) => s.status.code === asked) ?? stages.find((s) => s.items.length > 0);
  return known?.status.code ?? 'lead';
}

function Board({ stages, waiting }: { stages: readonly Stage[]; waiting: boolean }) {
  const now = shownStage(stages);
  return (
    <section
      class="stages"
      aria-label={desk.value.pipeline.stages}
      aria-busy={waiting}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      onKeyDown={walk}
    >
      {stages.map((s) => (
        <section
          key={s.status.code}
          class={[
            'stage',
            s.status.code === now && 'shown',
            s.items.length === 0 && !waiting && 'empty-stage',
          ]
            .filter(Boolean)
            .join(' ')}
          aria-labelledby={`stage-${s.status.code}`}
        >
          <header>
            <h2 id={`stage-${s.status.code}`}>
              <Swatch look={s.status} />
              {nameOf(s.status, lang.value)} <small>{fmt.value.int(s.items.length)}</small>
            </h2>
            <p class="hint">{s.items.length > 0 ? fmt.value.money(s.wan) : desk.value.pipeline.none}</p>
          </header>
          <ul>
            {waiting && SKELETONS.map((n) => <li key={n} class="project-card skeleton" aria-hidden="true" />)}
            {s.items.map((item) => (
              <li key={item.id}>
                <Card item={item} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

function Card({ item }: { item: Item }) {
  const f = fmt.value;
  const status = text(item, 'status');
  const months = monthsBetween(text(item, 'stage_on'), today(zone()));
  const light = stageLight(status, months, limits.value.amber, limits.value.red);
  const wan = number(item, 'amount_wan');
  return (
    <a class="project-card" href={fileHref('projects', item.id)}>
      <strong>{text(item, 'name') || item.id}</strong>
      <span class="hint">
        {[text(item, 'investor'), optionName(optionsOf('projects', 'industry'), text(item, 'industry'))]
          .filter(Boolean)
          .join(' · ')}
      </span>
      <span class="card-foot">
        <b>{wan === null ? '—' : f.money(wan)}</b>
        {light !== '' && light !== 'green' ? (
          <LightText light={light}>{stayText(months)}</LightText>
        ) : (
          <span class="hint">{text(item, 'stage_on') !== '' && stayText(months)}</span>
        )}
      </span>
    </a>
  );
}

function stayText(months: number): string {
  const w = desk.value.pipeline;
  return months < LONG ? w.months(fmt.value.int(months)) : w.years(fmt.value.int(Math.floor(months / 12)));
}

// Up and down go within a stage, left and right to the next one that has a card.
function walk(e: TargetedKeyboardEvent<HTMLElement>): void {
  const card = e.target instanceof Element ? e.target.closest<HTMLElement>('a.project-card') : null;
  if (!card || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
  const columns = [...e.currentTarget.querySelectorAll('.stage')].map((s) => [
    ...s.querySelectorAll<HTMLElement>('a.project-card'),
  ]);
  const x = columns.findIndex((c) => c.includes(card));
  const y = columns[x]?.indexOf(card) ?? 0;
  const beside = (step: number) => {
    for (let i = x + step; i >= 0 && i < columns.length; i += step) {
      const column = columns[i];
      if (column && column.length > 0) return column[Math.min(y, column.length - 1)];
    }
    return undefined;
  };
  const steps: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => columns[x]?.[y + 1],
    ArrowUp: () => columns[x]?.[y - 1],
    ArrowRight: () => beside(1),
    ArrowLeft: () => beside(-1),
  };
  const to = steps[e.key]?.();
  if (!to) return;
  e.preventDefault();
  to.focus();
  to.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
