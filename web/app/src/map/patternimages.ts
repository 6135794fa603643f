import type { Map as GlMap } from 'maplibre-gl';
import { PATTERN_RATIO, pattern } from './pattern.ts';

/** Has a map draw the pictures of hatches, dots and diamonds when its style first asks for them. */
export function drawPatterns(map: GlMap): void {
  map.setMissingStyleImageResolver((id) => {
    const p = pattern(id);
    if (!p || map.hasImage(id)) return;
    map.addImage(id, { width: p.width, height: p.height, data: p.data }, { pixelRatio: PATTERN_RATIO });
  });
}
