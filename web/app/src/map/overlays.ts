// A chunk of its own: only who lays something over the map loads it.
import { computed, effect, signal, untracked } from '@preact/signals';
import { type AddProtocolAction, addProtocol } from 'maplibre-gl';
import { clicked } from '../store/camera.ts';
import { laidOnMap, overlayCard, overlayLegend } from '../store/overlays.ts';
import { staff } from '../store/server.ts';
import { lang, theme, view } from '../store/view.ts';
import { OverlayCard, OverlayLegend } from '../tools/overlaykey.tsx';
import type { Theme } from '../url.ts';
import type { MapView } from './mapview.ts';
import type { Over } from './options.ts';
import { featureName, OVERLAY_TILES, type Overlay, overlayOf, overlayStyle } from './overlaylook.ts';
import { type Here, here, known, listOverlays, lookAtMiddle } from './overlaystate.ts';

/** Lays over the map what the view says, and tells what lies where it is clicked, until the function that it returns is called. */
export function layOverlays(map: MapView): () => void {
  overlayCard.value = OverlayCard;
  overlayLegend.value = OverlayLegend;
  const drawn = signal<readonly string[]>([]);
  const wanted = computed(() => JSON.stringify([view.value.over, theme.value, lang.value]));
  const asked = computed(() => view.value.tool === 'overlays');
  const ends = [
    effect(() => {
      // Files come and go: who opens the list sees it as it is.
      void asked.value;
      void staff.value;
      const stop = new AbortController();
      untracked(() => void listOverlays(stop.signal));
      return () => stop.abort();
    }),
    effect(() => {
      void wanted.value;
      const all = known.value;
      if (!all) return;
      const tell = untracked(() => view.value);
      const over = overlayStyle(all, tell.over, {
        theme: theme.value,
        lang: lang.value,
        origin: location.origin,
      });
      let here = true;
      const lay = () => {
        if (!here) return;
        untracked(() => map.lay(over));
        drawn.value = over.layers.filter((l) => l.type !== 'symbol').map((l) => l.id);
        laidOnMap.value = untracked(() => laidOnMap.value) + 1;
      };
      if (isTiled(over)) void tiles().then(lay);
      else lay();
      return () => {
        here = false;
      };
    }),
    effect(() => {
      const at = clicked.value;
      if (!at) return;
      const found = untracked(() => look(map, drawn.value, at));
      here.value = found.length > 0 ? found : null;
    }),
    effect(() => {
      // What was switched off is nowhere any more.
      const on = new Set(view.value.over.map((o) => o.name));
      const left = untracked(() => here.value)?.filter((h) => on.has(h.overlay.name));
      if (left && left.length < (untracked(() => here.value)?.length ?? 0))
        here.value = left.length > 0 ? left : null;
    }),
  ];
  lookAtMiddle.value = () => {
    here.value = look(map, drawn.value);
  };
  return () => {
    for (const end of ends) end();
    here.value = null;
    lookAtMiddle.value = null;
    overlayCard.value = null;
    overlayLegend.value = null;
  };
}

function look(map: MapView, layers: readonly string[], at?: { x: number; y: number }): Here[] {
  const out = new Map<string, Here>();
  for (const { layer, properties } of map.under(layers, at)) {
    const overlay = known.value?.find((o) => o.name === overlayOf(layer));
    if (!overlay) continue;
    const zh = featureName(overlay, properties, 'zh-CN');
    const en = featureName(overlay, properties, 'en');
    out.set(`${overlay.name}/${zh}/${en}`, { overlay, zh, en });
  }
  return [...out.values()];
}

/** What the view says is laid over the map, as another theme draws it: its style, and the layers themselves. */
export async function laidIn(look: Theme): Promise<{ over: Over; layers: readonly Overlay[] }> {
  if (known.peek() === null) await listOverlays(new AbortController().signal);
  const all = known.peek() ?? [];
  const laid = view.peek().over;
  const over = overlayStyle(all, laid, { theme: look, lang: lang.peek(), origin: location.origin });
  if (isTiled(over)) await tiles();
  return { over, layers: laid.flatMap(({ name }) => all.find((o) => o.name === name) ?? []) };
}

function isTiled(over: Over): boolean {
  return Object.values(over.sources).some((s) => s.type === 'vector');
}

let ready: Promise<void> | null = null;

// The reader of files comes with the first one that is laid.
function tiles(): Promise<void> {
  ready ??= import('./archivetiles.ts').then(({ archiveProtocol }) => {
    const files = new Map<string, AddProtocolAction>();
    addProtocol(OVERLAY_TILES, (request, abort) => {
      const href = request.url.slice(`${OVERLAY_TILES}://`.length).replace(/(?:\/\d+){3}$/, '');
      const read = files.get(href) ?? archiveProtocol(href);
      files.set(href, read);
      return read(request, abort);
    });
  });
  return ready;
}
