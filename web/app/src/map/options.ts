import type { StyleSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Lang, Mode, Theme } from '../url.ts';

/** The source of our own vector tiles. */
export const LAND = 'land';

/** A family list, not a glyph name: without a glyphs URL every letter is drawn in the browser. */
export const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];

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
  readonly staff: boolean;
  /** Absolute URL templates of our own tiles. */
  readonly tiles: readonly string[];
  /** Absolute URL of the quiet base map's GeoJSON. */
  readonly reference: string;
  readonly base: ExternalBase;
}
