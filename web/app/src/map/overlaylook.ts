import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  VectorSourceSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import type { Lang, Laid, Theme } from '../url.ts';
import { FONT, type Over } from './options.ts';
import { PALETTES } from './palette.ts';

export type OverlayKind = 'exclusion' | 'board' | 'street' | 'blueprint' | 'other';

/** A layer that can be laid over the map, as /overlays lists it. */
export interface Overlay {
  readonly name: string;
  readonly title: string;
  readonly title_en: string;
  readonly kind: OverlayKind;
  readonly colour: string;
  readonly attribution: string;
  readonly attribution_en: string;
  readonly audience: 'public' | 'staff';
  readonly format: 'geojson' | 'pmtiles';
  readonly url: string;
  readonly bounds: readonly [number, number, number, number];
  readonly minzoom?: number;
  readonly maxzoom?: number;
  readonly layers?: readonly string[];
  readonly name_field?: string;
  readonly name_en_field?: string;
}

/** The scheme of tiles out of an overlay's file. */
export const OVERLAY_TILES = 'overlay';

const PREFIX = 'over/';
// A name is written once for a piece of land so large, and not in each of its tiles.
const NAME_ZOOM = 9;

export interface Look {
  readonly fill: number;
  readonly hatch?: true;
  readonly width: number;
  readonly dash?: readonly number[];
}

const LOOKS: Readonly<Record<OverlayKind, Look>> = {
  exclusion: { fill: 0.3, hatch: true, width: 2 },
  board: { fill: 0.14, width: 2.5 },
  // What has no fill is found by a click all the same. Neighbours share their lines: two rows of dashes would fill each other.
  street: { fill: 0, width: 1.6 },
  blueprint: { fill: 0.22, width: 2, dash: [6, 1.5] },
  other: { fill: 0.16, width: 2 },
};

/** How a kind of overlay is drawn: widths in CSS pixels, dashes in widths of the line. */
export function lookOf(kind: OverlayKind): Look {
  return LOOKS[kind] ?? LOOKS.other;
}

/** The name of an overlay in the reader's language. */
export function titleOf(o: Pick<Overlay, 'title' | 'title_en'>, lang: Lang): string {
  return lang === 'en' ? o.title_en : o.title;
}

/** Where an overlay comes from, in the reader's language; "" = it does not say. */
export function sourceOf(o: Pick<Overlay, 'attribution' | 'attribution_en'>, lang: Lang): string {
  return lang === 'en' ? o.attribution_en : o.attribution;
}

/** The colour of an overlay as a theme shows it: on the dark ground it is lifted towards white. */
export function shownColour(colour: string, theme: Theme): string {
  if (theme === 'light') return colour;
  const lifted = [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(v + (255 - v) * 0.5)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${lifted.join('')}`;
}

/** The overlay that a layer of the style belongs to; null for any other layer. */
export function overlayOf(layer: string): string | null {
  return layer.startsWith(PREFIX) ? (layer.slice(PREFIX.length).split('/')[0] ?? null) : null;
}

/** The name of a feature of an overlay in the reader's language; "" where it has none. */
export function featureName(o: Overlay, properties: Readonly<Record<string, unknown>>, lang: Lang): string {
  const [zh, en] = fieldsOf(o).map((f) => properties[f]);
  const text = (lang === 'en' && en) || zh || en;
  return typeof text === 'string' || typeof text === 'number' ? String(text) : '';
}

/** Sources and layers of what is laid over the map, from the lowest up. What is not known is left out. */
export function overlayStyle(
  known: readonly Overlay[],
  laid: readonly Laid[],
  look: { theme: Theme; lang: Lang; origin: string },
): Over {
  const out: { sources: Over['sources']; layers: LayerSpecification[] } = { sources: {}, layers: [] };
  for (const { name, percent } of laid) {
    const o = known.find((x) => x.name === name);
    if (!o) continue;
    const id = `${PREFIX}${name}`;
    const href = `${look.origin}${o.url}`;
    if (o.format === 'geojson') {
      out.sources[id] = { type: 'geojson', data: href };
      out.sources[`${id}/names`] = { type: 'geojson', data: href, maxzoom: NAME_ZOOM };
    } else {
      const { minzoom = 0, maxzoom = 14, bounds } = o;
      const source: Omit<VectorSourceSpecification, 'maxzoom'> & { type: 'vector' } = {
        type: 'vector',
        tiles: [`${OVERLAY_TILES}://${href}/{z}/{x}/{y}`],
        minzoom,
        bounds: [...bounds],
      };
      out.sources[id] = { ...source, maxzoom };
      out.sources[`${id}/names`] = { ...source, maxzoom: Math.max(minzoom, Math.min(NAME_ZOOM, maxzoom)) };
    }
    for (const part of o.layers ?? ['']) out.layers.push(...layersOf(o, id, part, percent / 100, look));
  }
  return out;
}

function layersOf(
  o: Overlay,
  source: string,
  part: string,
  seen: number,
  { theme, lang }: { theme: Theme; lang: Lang },
): LayerSpecification[] {
  const look = lookOf(o.kind);
  const p = PALETTES[theme];
  const colour = shownColour(o.colour, theme);
  const of = { source, ...(part && { 'source-layer': part }) };
  const id = (what: string) => `${source}/${part}/${what}`;
  const flat: FilterSpecification = ['==', ['geometry-type'], 'Polygon'];
  const dot: FilterSpecification = ['==', ['geometry-type'], 'Point'];
  const line = (what: string, paint: object): LayerSpecification => ({
    id: id(what),
    type: 'line',
    ...of,
    filter: ['!', dot as ExpressionSpecification],
    layout: { 'line-join': 'round' },
    paint,
  });
  return [
    {
      id: id('fill'),
      type: 'fill',
      ...of,
      filter: flat,
      paint: { 'fill-color': colour, 'fill-opacity': look.fill * seen },
    },
    ...(look.hatch
      ? [
          {
            id: id('hatch'),
            type: 'fill',
            ...of,
            filter: flat,
            paint: { 'fill-pattern': `hatch-single-${colour.slice(1)}`, 'fill-opacity': seen },
          } as LayerSpecification,
        ]
      : []),
    line('case', { 'line-color': p.ground, 'line-width': look.width + 2.5, 'line-opacity': 0.75 * seen }),
    line('line', {
      'line-color': colour,
      'line-width': look.width,
      'line-opacity': seen,
      ...(look.dash && { 'line-dasharray': [...look.dash] }),
    }),
    {
      id: id('dot'),
      type: 'circle',
      ...of,
      filter: dot,
      paint: {
        'circle-radius': 5,
        'circle-color': colour,
        'circle-opacity': seen,
        'circle-stroke-color': p.ground,
        'circle-stroke-width': 1.5,
        'circle-stroke-opacity': seen,
      },
    },
    {
      id: id('name'),
      type: 'symbol',
      ...of,
      source: `${source}/names`,
      filter: ['!=', ['geometry-type'], 'LineString'],
      layout: {
        'text-field': nameField(o, lang),
        'text-font': FONT,
        'text-size': 12,
        'text-max-width': 9,
      },
      paint: {
        'text-color': p.text,
        'text-halo-color': p.ground,
        'text-halo-width': 1.8,
        'text-opacity': Math.max(0.6, seen),
      },
    },
  ];
}

function fieldsOf(o: Overlay): readonly [string, string] {
  return [o.name_field ?? 'name', o.name_en_field ?? 'name_en'];
}

function nameField(o: Overlay, lang: Lang): ExpressionSpecification {
  const [zh, en] = fieldsOf(o).map((f) => ['to-string', ['get', f]] as ExpressionSpecification);
  const [first, second] = lang === 'en' ? [en, zh] : [zh, en];
  return ['case', ['!=', first, ''], first, second] as ExpressionSpecification;
}
