import assert from 'node:assert/strict';
import { createExpression } from '@maplibre/maplibre-gl-style-spec';
import { TODAY } from '../src/map/days.ts';

/** What an expression of the style gives for a feature; the map shows the present unless `said` has a day. */
export function evaluate(
  expression: unknown,
  properties: Record<string, unknown>,
  state: Record<string, unknown>,
  type: 'string' | 'boolean' | 'color' | 'number',
  said: Record<string, unknown> = {},
  zoom = 12,
): unknown {
  const spec = {
    type,
    'property-type': 'data-driven',
    expression: { interpolated: false, parameters: ['zoom', 'feature', 'feature-state'] },
    transition: false,
  } as unknown as NonNullable<Parameters<typeof createExpression>[2]>;
  const globals = { hide: [], day: TODAY, ...said };
  const made = createExpression(expression, 'expression', spec, globals);
  assert.equal(made.result, 'success', JSON.stringify(made.value));
  assert.ok(made.result === 'success');
  return made.value.evaluate({ zoom, globalState: globals }, { type: 'Polygon', properties }, state);
}

/** The colour that an expression gives, as #rrggbb. */
export function paint(
  expression: unknown,
  properties: Record<string, unknown>,
  state: Record<string, unknown>,
  said: Record<string, unknown> = {},
): string {
  const c = evaluate(expression, properties, state, 'color', said) as { r: number; g: number; b: number };
  const hex = (v: number) =>
    Math.round(v * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${hex(c.r)}${hex(c.g)}${hex(c.b)}`;
}
