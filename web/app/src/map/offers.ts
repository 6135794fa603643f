import { MAP_MAX_ZOOM, MAP_MIN_ZOOM } from '../catalogue.gen.ts';
import type { Lang } from '../url.ts';
import { TODAY } from './days.ts';
import { MapView } from './mapview.ts';
import { NOTHING_CUT } from './only.ts';
import { type Offer, spots } from './offerspots.ts';
import { TileVersions } from './tileversions.ts';
import { hasWebgl2 } from './webgl.ts';

type Box = [number, number, number, number];

/** The map beside the listings: parcels on offer, as everybody may see them. */
export interface OffersMap {
  fit(box: Box | null): void;
  /** Draws of the parcels only those; where they are too small to be drawn, dots in their places. */
  keep(parcels: readonly Offer[]): void;
  highlight(fid: number | null): void;
  resize(): void;
}

interface TileJson {
  readonly tiles: readonly string[];
  readonly revision?: number;
}

const EDGE = { top: 40, right: 40, bottom: 40, left: 40 };
// A single parcel has no extent to fit: its neighbourhood is shown.
const LEAST_DEG = 0.004;

/** Draws the map into a box. Throws where the browser or the server cannot. */
export async function openOffers(
  container: HTMLElement,
  label: string,
  lang: Lang,
  on: { picked(code: string): void; hovered(fid: number | null): void },
): Promise<OffersMap> {
  if (!hasWebgl2()) throw new Error('no WebGL 2');
  const answer = await fetch('/tiles/public.json');
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const said = (await answer.json()) as TileJson;
  container.classList.add('map-box');
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const view = new MapView(
    container,
    {
      theme,
      mode: 'auction',
      lang,
      hide: [],
      day: TODAY,
      only: NOTHING_CUT,
      staff: false,
      tiles: said.tiles.map((t) =>
        new URL(t.replace(/\?.*$/, ''), location.origin).href.replaceAll('%7B', '{').replaceAll('%7D', '}'),
      ),
      zooms: [MAP_MIN_ZOOM, MAP_MAX_ZOOM],
      reference: new URL('/api/reference', location.origin).href,
      base: { kind: '', url: '', attribution: '' },
    },
    new TileVersions(said.revision ?? 0),
    { camera: null, box: null, room: EDGE },
    label,
    {
      moved: () => {},
      picked: (sel) => {
        if (sel?.collection === 'parcels') on.picked(sel.code);
      },
      hovered: (t) => on.hovered(t?.layer === 'parcels' ? t.fid : null),
      cell: () => {},
      notes: () => {},
      pointer: () => {},
      trouble: () => {},
    },
  );
  await view.ready();
  return {
    fit: (box) => {
      if (!box) return;
      const [w, s, e, n] = box;
      view.fit([w - LEAST_DEG, s - LEAST_DEG, e + LEAST_DEG, n + LEAST_DEG], EDGE);
    },
    keep: (parcels) => {
      view.lay(spots(parcels, theme));
      view.keep({ parcels: parcels.map((p) => p.fid) });
    },
    highlight: (fid) => view.highlight(fid === null ? null : { layer: 'parcels', fid }),
    resize: () => view.resize(),
  };
}
