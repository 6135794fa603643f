import type { StyleSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Lang, Mode, Theme } from '../url.ts';
import type { Day } from './days.ts';
import type { Only } from './only.ts';

/** The source of our own vector tiles. */
export const LAND = 'land';

/** A family list, not a glyph name: without a glyphs URL every letter is drawn in the browser. */
export const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];

/** Fills are let through a little so that the ground stays in sight; the colours were checked at this. */
export const FILL_OPACITY = 0.85;

/** Square metres of a mu. */
export const MU_M2 = 2000 / 3;

/** What an external base map gives; the zero value is our own quiet style. */
export interface ExternalBase {
  readonly kind: '' | 'raster' | 'style';
  readonly url: string;
  readonly attribution: string;
  /** The style document of kind style, already read. */
  readonly style?: StyleSpecification;
}

export interface StyleOptions {
  readonly theme: Theme;
  readonly mode: Mode;
  readonly lang: Lang;
  readonly hide: readonly string[];
  /** The day that the map shows; TODAY = the present. */
  readonly day: Day;
  /** What a filter keeps. */
  readonly only: Only;
  readonly staff: boolean;
  /** Absolute URL templates of our own tiles. */
  readonly tiles: readonly string[];
  /** The first and the last zoom that they are there for; further in the last is enlarged. */
  readonly zooms: readonly [number, number];
  /** Absolute URL of the quiet base map's GeoJSON. */
  readonly reference: string;
  readonly base: ExternalBase;
  /** What is laid over the land, under the names. */
  readonly over?: Over;
}

/** Sources and layers of a map, as they stand in a style. */
export interface Over extends Pick<StyleSpecification, 'sources' | 'layers'> {
  /** Symbols that are not to be seen: names make room for them. */
  readonly room?: StyleSpecification['layers'];
}
