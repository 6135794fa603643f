import { inflateSync } from 'node:zlib';

/** A picture as rows of RGBA from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export type Rgb = readonly [number, number, number];

const SIGNATURE = '89504e470d0a1a0a';

/** Decodes what Chromium writes: 8-bit RGB or RGBA, not interlaced (PNG, third edition, 9.2). */
export function decodePng(file: Buffer): Picture {
  if (file.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error('not a PNG');
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const [depth, kind, , , interlace] = file.subarray(24, 29);
  if (depth !== 8 || interlace !== 0 || (kind !== 2 && kind !== 6)) throw new Error('a PNG of another kind');
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(file.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const size = kind === 6 ? 4 : 3;
  const rows = unfilter(inflateSync(Buffer.concat(parts)), width * size, height, size);
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = rows[i * size + c] ?? 0;
    data[i * 4 + 3] = size === 4 ? (rows[i * 4 + 3] ?? 0) : 255;
  }
  return { width, height, data };
}

function unfilter(raw: Buffer, stride: number, height: number, size: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= size ? (out[at - size] ?? 0) : 0;
      const up = y > 0 ? (out[at - stride] ?? 0) : 0;
      const corner = x >= size && y > 0 ? (out[at - stride - size] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

export function rgb(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** A fill as it looks on its ground. */
export function blend(fill: string, ground: string, opacity: number): Rgb {
  const [f, g] = [rgb(fill), rgb(ground)];
  return [0, 1, 2].map((i) =>
    Math.round((f[i] ?? 0) * opacity + (g[i] ?? 0) * (1 - opacity)),
  ) as unknown as Rgb;
}

/** Which of the colours most of the picture has, and what share of it; near = how far a channel may be off. */
export function leading(
  picture: Picture,
  colours: ReadonlyMap<string, Rgb>,
  near = 5,
): { name: string; share: number } {
  const votes = new Map<string, number>();
  const total = picture.width * picture.height;
  for (let i = 0; i < total; i++) {
    for (const [name, colour] of colours) {
      if (colour.every((c, k) => Math.abs(c - (picture.data[i * 4 + k] ?? 0)) <= near)) {
        votes.set(name, (votes.get(name) ?? 0) + 1);
      }
    }
  }
  const [first] = [...votes].sort((a, b) => b[1] - a[1]);
  return first ? { name: first[0], share: first[1] / total } : { name: 'none of them', share: 0 };
}

/** The mean colour of a picture. */
export function mean({ data }: Picture): string {
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4)
    for (let k = 0; k < 3; k++) sum[k] = (sum[k] ?? 0) + (data[i + k] ?? 0);
  return sum.map((v) => Math.round((v * 4) / data.length / 8)).join(',');
}
