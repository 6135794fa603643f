import { untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { boxOf } from '../bounds.ts';
import { MACHINE_OF, nameOf, statusOf } from '../catalogue.ts';
import type { CollectionName } from '../catalogue.gen.ts';
import { factsOf } from '../facts.ts';
import { flyTo } from '../store/camera.ts';
import { type Detail, detail, loadDetail } from '../store/detail.ts';
import { fileHref } from '../store/route.ts';
import { fmt, problemText, staff } from '../store/server.ts';
import { lang, select, view, words } from '../store/view.ts';
import type { HistoryEvent, Item } from '../types.ts';
import { AsOf } from './asof.tsx';
import { Bones } from './bones.tsx';
import { tongue } from './filternames.ts';
import { Icon } from './icons.tsx';
import { MapIcon } from './mapicons.tsx';
import { Rounds } from './rounds.tsx';
import { SheetHandle, sheetStop } from './sheet.tsx';
import { LateMark, StatusBadge } from './swatch.tsx';

/** The parcel or area that is selected, with its history. */
export function Drawer() {
  const sel = useComputed(() => view.value.sel);
  const key = useComputed(() => (sel.value ? `${sel.value.collection}/${sel.value.code}` : ''));
  const box = useRef<HTMLElement>(null);
  useSignalEffect(() => {
    const wanted = key.value;
    // loadDetail reads and writes what the drawer shows: followed here, it would call itself for ever.
    untracked(() => void loadDetail(wanted === '' ? null : sel.value));
  });
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape' || !view.peek().sel) return;
      const inside = box.current?.contains(document.activeElement);
      select(null);
      if (inside) document.getElementById('list')?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const d = detail.value;
  if (!sel.value || !d) return null;
  return (
    <aside ref={box} class="drawer" aria-label={words.value.details} data-stop={sheetStop.value}>
      <SheetHandle summaryLine={false} />
      <Head d={d} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="drawer-body" tabIndex={0} aria-label={d.sel.code}>
        <AsOf />
        <Body d={d} />
      </section>
    </aside>
  );
}

function Head({ d }: { d: Detail }) {
  const w = words.value;
  const copied = useSignal('');
  const p = d.item?.properties;
  const name = String(p?.name || p?.notice_no || d.sel.code);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      copied.value = w.drawer.copied;
    } catch {
      copied.value = w.drawer.copyFailed;
    }
  };
  const box = d.item && boxOf(d.item.geometry);
  return (
    <header class="drawer-head">
      <div class="drawer-kind">
        <span>{w.things[d.sel.collection]}</span>
        <span class="code">{d.sel.code}</span>
        <button type="button" class="quiet square" aria-label={w.drawer.close} onClick={() => select(null)}>
          <Icon name="close" />
        </button>
      </div>
      <h2>{name}</h2>
      <div class="drawer-actions">
        {p && <StatusBadge collection={d.sel.collection} code={String(p.status)} />}
        {d.item && <LateMark item={d.item} />}
        <span class="spring" />
        {staff.value && d.item && (
          <a class="quiet" href={fileHref(d.sel.collection, d.sel.code)}>
            {w.drawer.file}
          </a>
        )}
        {box && (
          <button
            type="button"
            class="quiet square"
            aria-label={w.drawer.zoom}
            title={w.drawer.zoom}
            onClick={() => flyTo(box)}
          >
            <MapIcon name="target" />
          </button>
        )}
        <button
          type="button"
          class="quiet square"
          aria-label={w.drawer.copy}
          title={w.drawer.copy}
          onClick={copy}
        >
          <MapIcon name="link" />
        </button>
      </div>
      <p class="copied" role="status">
        {copied.value}
      </p>
    </header>
  );
}

function Body({ d }: { d: Detail }) {
  const w = words.value;
  if (d.error) {
    return (
      <div class="state" role="alert">
        <p>{d.error.status === 404 ? w.drawer.gone : problemText(d.error)}</p>
        <button type="button" class="plain" onClick={() => void loadDetail(d.sel)}>
          {w.errors.retry}
        </button>
      </div>
    );
  }
  if (!d.item) return <Bones rows={8} label={w.drawer.loading} />;
  return (
    <>
      <Facts collection={d.sel.collection} item={d.item} />
      {d.rounds.length > 0 && <Rounds rounds={d.rounds} />}
      <History collection={d.sel.collection} events={d.history} />
    </>
  );
}

function Facts({ collection, item }: { collection: CollectionName; item: Item }) {
  const facts = factsOf(collection, item, tongue());
  return (
    <section aria-labelledby="facts-title">
      <h3 id="facts-title">{words.value.drawer.facts}</h3>
      <dl class="facts">
        {facts.map(({ name, label, text, link }) => (
          <div key={name} class="fact">
            <dt>{label}</dt>
            <dd>
              {link ? (
                <button type="button" class="plain" onClick={() => select(link)}>
                  {text}
                </button>
              ) : (
                text
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function History({ collection, events }: { collection: CollectionName; events: readonly HistoryEvent[] }) {
  const w = words.value.drawer;
  const newest = [...events].sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0));
  return (
    <section aria-labelledby="history-title">
      <h3 id="history-title">{w.history}</h3>
      {newest.length === 0 ? (
        <p class="state">{w.noHistory}</p>
      ) : (
        <ol class="history">
          {newest.map((e, i) => (
            <HistoryRow key={`${e.on}/${e.to}/${events.length - i}`} collection={collection} e={e} />
          ))}
        </ol>
      )}
    </section>
  );
}

function HistoryRow({ collection, e }: { collection: CollectionName; e: HistoryEvent }) {
  const w = words.value;
  const verbs: Record<string, string> = w.verbs;
  const word = (code: string) => {
    const s = statusOf(MACHINE_OF[collection], code);
    return s ? nameOf(s, lang.value) : code;
  };
  return (
    <li>
      <time dateTime={e.on}>{fmt.value.date(e.on)}</time>
      <div class="history-what">
        {e.to ? <StatusBadge collection={collection} code={e.to} /> : <span>{verbs[e.verb] ?? e.verb}</span>}
        {e.from && <span class="history-from">← {word(e.from)}</span>}
      </div>
      {e.reason && <p>{w.drawer.reason(e.reason)}</p>}
      {e.actor && (
        <p class="history-by">
          <span title={e.actor_name && e.actor}>
            {w.drawer.by(e.actor_name || (e.actor === 'demo' ? w.demo : e.actor))}
          </span>
        </p>
      )}
    </li>
  );
}
