import type { LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Palette } from './palette.ts';

/** The source of what is drawn over the land by hand. */
export const SKETCH = 'sketch';

/** The layers of what is drawn by hand, above everything else. */
export function sketchLayers(p: Palette): LayerSpecification[] {
  const part = (name: string) => ['==', ['get', 'part'], name] as ['==', ['get', string], string];
  const line = (id: string, color: string, width: number): LayerSpecification => ({
    id,
    type: 'line',
    source: SKETCH,
    filter: part('edge'),
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': color, 'line-width': width },
  });
  const dot = (name: string, radius: number, width: number): LayerSpecification => ({
    id: `sketch-${name}`,
    type: 'circle',
    source: SKETCH,
    filter: part(name),
    paint: {
      'circle-radius': radius,
      'circle-color': p.selectCase,
      'circle-stroke-color': p.flash,
      'circle-stroke-width': width,
    },
  });
  return [
    {
      id: 'sketch-face',
      type: 'fill',
      source: SKETCH,
      filter: part('face'),
      paint: { 'fill-color': p.flash, 'fill-opacity': 0.12 },
    },
    line('sketch-case', p.selectCase, 5),
    line('sketch-edge', p.flash, 2.5),
    dot('corner', 4, 2),
    dot('pin', 7, 4),
  ];
}
