import '../styles/stage.css';
import '../styles/embed.css';
import { computed, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { legendRows, nameOf } from '../catalogue.ts';
import { PlainStream } from '../eventstream.ts';
import { embedEn } from '../i18n/embed.en.ts';
import { type EmbedWords, embedZh } from '../i18n/embed.zh.ts';
import type { MapView } from '../map/mapview.ts';
import { leftOut } from '../store/camera.ts';
import { detail, loadDetail } from '../store/detail.ts';
import { startLive } from '../store/live.ts';
import { startMatches } from '../store/matches.ts';
import { overlayCard, overlayLegend } from '../store/overlays.ts';
import { district, districtName, fmt } from '../store/server.ts';
import { lang, select, view, words as common } from '../store/view.ts';
import { formatHash } from '../url.ts';
import { Icon } from './icons.tsx';
import { LineDown } from './linedown.tsx';
import { MapCanvas } from './mapcanvas.tsx';
import { StatusBadge, Swatch } from './swatch.tsx';
import { ZoomButtons } from './zoombuttons.tsx';

const words = computed<EmbedWords>(() => (lang.value === 'en' ? embedEn : embedZh));

let begun = false;

/** The public's map for a frame in another site's page: the land, what its colours mean, and the way to the whole. */
export function EmbedPage() {
  useEffect(() => {
    if (begun) return;
    begun = true;
    startLive((url) => new PlainStream(url));
    startMatches();
  }, []);
  return (
    <main class="embed">
      <h1 class="unseen">{districtName.value}</h1>
      <div class="map-region">
        <MapCanvas over={Buttons} without={words.value.noMap} />
        <LineDown />
        <Key />
        <Card />
      </div>
      <Foot />
    </main>
  );
}

// The same view on the map's own page.
function fullHref(): string {
  return `/map#${formatHash({ ...view.value, lang: lang.value, theme: null })}`;
}

function Buttons({ map }: { map: MapView }) {
  const Overlays = overlayCard.value;
  return (
    <>
      <div class="map-buttons">
        <ZoomButtons map={map} />
      </div>
      {Overlays && !view.value.sel && <Overlays />}
    </>
  );
}

function Key() {
  const open = useSignal(false);
  const w = words.value;
  const { mode, hide } = view.value;
  const Overlays = overlayLegend.value;
  const rows = legendRows(mode, false).filter((r) => !hide.includes(r.code));
  return (
    <div class="embed-key">
      <button
        type="button"
        class="plain"
        aria-expanded={open.value}
        aria-controls="embed-key"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {open.value ? w.legendClose : `${w.legend} · ${common.value.mode[mode]}`}
      </button>
      {open.value && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
        <ul id="embed-key" tabIndex={0} aria-label={`${w.legend} · ${common.value.mode[mode]}`}>
          {rows.map((r) => (
            <li key={r.code}>
              <Swatch look={r} />
              {nameOf(r, lang.value)}
            </li>
          ))}
          {Overlays && (
            <li>
              <Overlays fixed />
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

/** What was picked on the map, in a line or two, and the way to its page. */
function Card() {
  const key = useComputed(() =>
    view.value.sel ? `${view.value.sel.collection}/${view.value.sel.code}` : '',
  );
  useSignalEffect(() => {
    const wanted = key.value;
    untracked(() => void loadDetail(wanted === '' ? null : view.value.sel));
  });
  const d = detail.value;
  if (!d || !view.value.sel) return null;
  const w = words.value;
  const p = d.item?.properties;
  const title = String(p?.name || p?.notice_no || d.sel.code);
  const mu = p?.mu ?? p?.plan_mu;
  return (
    <aside class="embed-card" aria-label={common.value.details}>
      <header>
        <strong>{title}</strong>
        <button type="button" class="quiet square" aria-label={w.close} onClick={() => select(null)}>
          <Icon name="close" />
        </button>
      </header>
      <p>
        {p && <StatusBadge collection={d.sel.collection} code={String(p.status)} />}
        {typeof mu === 'number' && (
          <span>
            {fmt.value.mu(mu)} {common.value.units.mu}
          </span>
        )}
        {d.error && <span role="alert">{common.value.drawer.gone}</span>}
        {d.item && (
          <a href={fullHref()} target="_blank" rel="noopener">
            {w.openThing}
            <span class="unseen">{w.newWindow}</span>
          </a>
        )}
      </p>
    </aside>
  );
}

function Foot() {
  const w = words.value;
  const d = district.value;
  const status = common.value.status;
  const base = d?.base_map?.kind ? d.base_map.attribution : '';
  return (
    <footer class="embed-foot">
      <span class="embed-who">
        {districtName.value} · {w.by}
        {d?.demo && <b class="embed-demo">{common.value.demoShort}</b>}
      </span>
      {base && <span>{base}</span>}
      {d?.approval_no && (
        <span>
          {status.approval} {d.approval_no}
        </span>
      )}
      {leftOut.value > 0 && <span>{status.leftOut(fmt.value.int(leftOut.value))}</span>}
      <a href={fullHref()} target="_blank" rel="noopener">
        {w.open}
        <span class="unseen">{w.newWindow}</span>
      </a>
    </footer>
  );
}
