import { untracked, useComputed, useSignalEffect } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { boxOf } from '../bounds.ts';
import { arrange, cuts, ON_OFFER, orders, WHOLE } from '../listorder.ts';
import { flyTo, pointed } from '../store/camera.ts';
import { ensureList, ensureWhole, lists, moreOfList, retryList } from '../store/lists.ts';
import { flashed } from '../store/live.ts';
import { matches } from '../store/matches.ts';
import { fmt, problemText, staff, summary } from '../store/server.ts';
import { go, select, tab as shownTab, view, words } from '../store/view.ts';
import type { Item } from '../types.ts';
import { TABS, type Tab, type ViewState } from '../url.ts';
import { AsOf } from './asof.tsx';
import { Bones } from './bones.tsx';
import { FilterChips } from './filterchips.tsx';
import { ListTools } from './listtools.tsx';
import { sheetStop } from './sheet.tsx';
import { LateMark, StatusBadge } from './swatch.tsx';

/** The list beside the map: the same things in words, and the way to them by keyboard. */
export function ListPanel() {
  const w = words.value;
  const whole = useComputed(() => arranged(shownTab.value));
  useSignalEffect(() => {
    const tab = shownTab.value;
    const read = whole.value ? ensureWhole : ensureList;
    untracked(() => void read(tab));
  });
  const open = shownTab.value;
  return (
    <section class="lists" aria-label={w.tabs.label}>
      <div class="tabs" role="tablist" aria-label={w.tabs.label}>
        {TABS.map((t) => (
          <button
            key={t}
            type="button"
            role="tab"
            id={`tab-${t}`}
            aria-selected={open === t}
            aria-controls="list"
            tabIndex={open === t ? 0 : -1}
            onClick={() => go({ tab: t })}
            onKeyDown={(e) => onTabKey(e, t)}
          >
            {w.tabs[t]}
            <TabCount tab={t} />
          </button>
        ))}
      </div>
      <FilterChips />
      <ListTools tab={open} />
      <AsOf />
      <div id="list" class="list" role="tabpanel" aria-labelledby={`tab-${open}`} tabIndex={-1}>
        <Rows tab={open} />
      </div>
    </section>
  );
}

/** Whether the tab's list is filtered or sorted here. */
function arranged(tab: Tab): boolean {
  const { only, sort } = asked();
  return cuts(tab, only) || orders(tab, sort);
}

/** What the link asks for, but for what only staff are told: to the public no area is late. */
function asked(): Pick<ViewState, 'only' | 'sort'> {
  const { only, sort } = view.value;
  if (staff.value) return { only, sort };
  return { only: only === 'late' ? null : only, sort: sort === 'late' ? null : sort };
}

function TabCount({ tab }: { tab: Tab }) {
  const n = matches.value.get(tab)?.matched ?? summary.value?.[tab].total ?? lists[tab].value.matched;
  return n > 0 ? <span class="count">{fmt.value.int(n)}</span> : null;
}

function onTabKey(e: TargetedKeyboardEvent<HTMLButtonElement>, tab: Tab): void {
  const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? tab;
  go({ tab: next });
  document.getElementById(`tab-${next}`)?.focus();
}

function Rows({ tab }: { tab: Tab }) {
  const w = words.value.list;
  const f = fmt.value;
  const { rows, loading, error, matched, next } = lists[tab].value;
  const { only, sort } = asked();
  const fitting = arrange(tab, rows, only, sort);
  const shown = fitting.filter((r) => !hiddenByLegend(tab, r));
  const hidden = fitting.length - shown.length;
  // More than the first rows are wanted before a filter or an order says anything.
  const partial = arranged(tab) && next !== null;
  if (error && rows.length === 0) {
    return (
      <div class="state" role="alert">
        <p>{problemText(error)}</p>
        <button type="button" class="plain" onClick={() => retryList(tab)}>
          {words.value.errors.retry}
        </button>
      </div>
    );
  }
  if (rows.length === 0 && loading) return <Bones rows={12} label={w.loading} />;
  if (rows.length === 0) return <p class="state">{matches.value.has(tab) ? w.none : w.empty}</p>;
  return (
    <>
      {fitting.length === 0 && <p class="state">{loading || partial ? w.loading : w.none}</p>}
      <ul>
        {shown.map((r) => (
          <Row key={r.id} tab={tab} item={r} />
        ))}
      </ul>
      <div class="list-foot">
        <span>{w.shown(f.int(fitting.length), f.int(matched))}</span>
        {partial && rows.length >= WHOLE && <span>{w.bounded(f.int(rows.length))}</span>}
        {hidden > 0 && <span>{w.filtered(f.int(hidden))}</span>}
        {next && (
          <button type="button" class="plain" disabled={loading} onClick={() => void moreOfList(tab)}>
            {w.more}
          </button>
        )}
      </div>
    </>
  );
}

function hiddenByLegend(tab: Tab, item: Item): boolean {
  const { mode, hide } = view.value;
  if (mode === 'clearance' && tab === 'areas') return hide.includes(String(item.properties.status));
  if (mode === 'auction' && tab === 'parcels') return hide.includes(String(item.properties.status));
  if (mode === 'use' && tab === 'parcels') return hide.includes(String(item.properties.use_class));
  return false;
}

function Row({ tab, item }: { tab: Tab; item: Item }) {
  const p = item.properties;
  const fid = Number(p.fid);
  const target = { layer: tab, fid };
  const sel = view.value.sel;
  const current = sel?.collection === tab && sel.code === item.id;
  const over = pointed.value?.layer === tab && pointed.value.fid === fid;
  const flash = flashed.value.has(`${tab}/${fid}`);
  const title = String(p.name || p.notice_no || item.id);
  return (
    <li class={`row${over ? ' over' : ''}${flash ? ' flash' : ''}`}>
      <button
        type="button"
        aria-current={current ? 'true' : undefined}
        onClick={() => {
          select({ collection: tab, code: item.id });
          sheetStop.value = 'half';
          const box = boxOf(item.geometry);
          if (box) flyTo(box);
        }}
        onMouseEnter={() => {
          pointed.value = target;
        }}
        onMouseLeave={() => {
          pointed.value = null;
        }}
        onFocus={() => {
          pointed.value = target;
        }}
        onBlur={() => {
          pointed.value = null;
        }}
      >
        <span class="row-name">{title}</span>
        <span class="row-size">{sizeOf(tab, item)}</span>
        <span class="row-code">{title === item.id ? '' : item.id}</span>
        <StatusBadge collection={tab} code={String(p.status)} />
        <LateMark item={item} />
        {tab === 'parcels' && <span class="row-terms">{termsOf(item)}</span>}
      </button>
    </li>
  );
}

// What a buyer asks first: the price, and until when; once sold, what was paid.
function termsOf(item: Item): string {
  const f = fmt.value;
  const w = words.value.list;
  const { status, start_wan, deal_wan, list_to } = item.properties;
  if (typeof deal_wan === 'number') return w.deal(f.money(deal_wan));
  const price = typeof start_wan === 'number' ? w.start(f.money(start_wan)) : '';
  const open = ON_OFFER.includes(String(status)) && typeof list_to === 'string' && list_to !== '';
  return [price, open ? w.closes(f.date(list_to)) : ''].filter(Boolean).join(' · ');
}

// What tells how big a thing is: land in mu, a project in money.
function sizeOf(tab: Tab, item: Item): string {
  const f = fmt.value;
  const mu = words.value.units.mu;
  const p = item.properties;
  const num = (name: string) => (typeof p[name] === 'number' ? (p[name] as number) : null);
  if (tab === 'projects') return num('amount_wan') === null ? '' : f.money(num('amount_wan') ?? 0);
  if (tab === 'parcels') return num('mu') === null ? '' : `${f.mu(num('mu') ?? 0)} ${mu}`;
  const plan = num('plan_mu');
  return plan === null ? '' : `${f.plain(num('cleared_mu') ?? 0)} / ${f.plain(plan)} ${mu}`;
}
