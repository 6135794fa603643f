import assert from 'node:assert/strict';
import { createExpression, type StyleExpression } from '@maplibre/maplibre-gl-style-spec';
import { TODAY } from '../src/map/days.ts';

type Kind = 'string' | 'boolean' | 'color' | 'number';

/** An expression made ready, and the global state that it reads. */
interface Made {
  readonly globals: Record<string, unknown>;
  readonly value: StyleExpression;
}

const ready = new Map<string, Made>();

/** What an expression of the style gives for a feature; the map shows the present unless `said` has a day. */
export function evaluate(
  expression: unknown,
  properties: Record<string, unknown>,
  state: Record<string, unknown>,
  type: Kind,
  said: Record<string, unknown> = {},
): unknown {
  const { globals, value } = made(expression, type);
  Object.assign(globals, { hide: [], day: TODAY }, said);
  return value.evaluate({ zoom: 12, globalState: globals }, { type: 'Polygon', properties }, state);
}

// Making one takes longer than what it says of a feature.
function made(expression: unknown, type: Kind): Made {
  const key = `${type} ${JSON.stringify(expression)}`;
  const known = ready.get(key);
  if (known) return known;
  const spec = {
    type,
    'property-type': 'data-driven',
    expression: { interpolated: false, parameters: ['zoom', 'feature', 'feature-state'] },
    transition: false,
  } as unknown as NonNullable<Parameters<typeof createExpression>[2]>;
  const globals = {};
  const { result, value } = createExpression(expression, 'expression', spec, globals);
  assert.equal(result, 'success', JSON.stringify(value));
  const fresh = { globals, value: value as StyleExpression };
  ready.set(key, fresh);
  return fresh;
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
