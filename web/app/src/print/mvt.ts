/** A shape of a vector tile: its points in the tile's own units, and the words it carries. */
export interface TileShape {
  readonly kind: 'dot' | 'line' | 'area';
  readonly parts: readonly (readonly (readonly [x: number, y: number])[])[];
  readonly properties: Readonly<Record<string, string | number>>;
}

/** A layer of a vector tile; extent = how many units an edge of the tile has. */
export interface TileLayer {
  readonly name: string;
  readonly extent: number;
  readonly shapes: readonly TileShape[];
}

const KINDS = [null, 'dot', 'line', 'area'] as const;
const [CLOSE, MOVE] = [7, 1];

/**
 * Reads a vector tile (Mapbox Vector Tile, version 2). The map has a reader of its own, which comes with
 * its drawing and so not to a browser that cannot draw; here texts and whole numbers are enough. Throws a
 * RangeError where the bytes end too soon.
 */
export function readTile(data: ArrayBuffer): readonly TileLayer[] {
  const out: TileLayer[] = [];
  for (const f of fields(new DataView(data))) if (f.no === 3 && f.bytes) out.push(layerOf(f.bytes));
  return out;
}

interface Field {
  readonly no: number;
  /** Of a field of a length. */
  readonly bytes: DataView | null;
  /** Of any other; 0 for what is not a whole number. */
  readonly value: number;
}

interface At {
  pos: number;
}

function varint(v: DataView, at: At): number {
  let n = 0;
  for (let times = 1; ; times *= 128) {
    const byte = v.getUint8(at.pos++);
    n += (byte & 0x7f) * times;
    if (byte < 0x80) return n;
  }
}

function* fields(v: DataView): Generator<Field> {
  const at = { pos: 0 };
  while (at.pos < v.byteLength) {
    const key = varint(v, at);
    const no = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) yield { no, bytes: null, value: varint(v, at) };
    else if (wire === 2) {
      const length = varint(v, at);
      yield { no, bytes: new DataView(v.buffer, v.byteOffset + at.pos, length), value: 0 };
      at.pos += length;
    } else if (wire === 1 || wire === 5) at.pos += wire === 1 ? 8 : 4;
    else throw new RangeError(`wire type ${wire}`);
  }
}

function packed(v: DataView): number[] {
  const out: number[] = [];
  const at = { pos: 0 };
  while (at.pos < v.byteLength) out.push(varint(v, at));
  return out;
}

const text = (v: DataView) => new TextDecoder().decode(v);

function layerOf(v: DataView): TileLayer {
  let [name, extent] = ['', 4096];
  const [keys, values, features]: [string[], (string | number)[], DataView[]] = [[], [], []];
  for (const f of fields(v)) {
    if (f.no === 1 && f.bytes) name = text(f.bytes);
    else if (f.no === 2 && f.bytes) features.push(f.bytes);
    else if (f.no === 3 && f.bytes) keys.push(text(f.bytes));
    else if (f.no === 4 && f.bytes) values.push(wordOf(f.bytes));
    else if (f.no === 5) extent = f.value;
  }
  return { name, extent, shapes: features.flatMap((f) => shapeOf(f, keys, values) ?? []) };
}

function wordOf(v: DataView): string | number {
  for (const f of fields(v)) {
    if (f.no === 1 && f.bytes) return text(f.bytes);
    if (f.no === 4 || f.no === 5) return f.value;
  }
  return '';
}

function shapeOf(
  v: DataView,
  keys: readonly string[],
  values: readonly (string | number)[],
): TileShape | null {
  let [kind, commands]: [number, number[]] = [0, []];
  const properties: Record<string, string | number> = {};
  for (const f of fields(v)) {
    if (f.no === 3) kind = f.value;
    else if (f.no === 4 && f.bytes) commands = packed(f.bytes);
    else if (f.no === 2 && f.bytes) {
      const tags = packed(f.bytes);
      for (let i = 0; i + 1 < tags.length; i += 2)
        properties[keys[tags[i] ?? 0] ?? ''] = values[tags[i + 1] ?? 0] ?? '';
    }
  }
  const named = KINDS[kind];
  return named ? { kind: named, parts: partsOf(commands), properties } : null;
}

function partsOf(commands: readonly number[]): [number, number][][] {
  const parts: [number, number][][] = [];
  let [x, y] = [0, 0];
  const step = (n = 0) => (n % 2 === 0 ? n / 2 : -(n + 1) / 2);
  for (let i = 0; i < commands.length; ) {
    const command = commands[i++] ?? 0;
    const what = command % 8;
    if (what === CLOSE) continue;
    for (let n = Math.floor(command / 8); n > 0 && i < commands.length; n--) {
      x += step(commands[i++]);
      y += step(commands[i++]);
      if (what === MOVE) parts.push([]);
      parts.at(-1)?.push([x, y]);
    }
  }
  return parts;
}
