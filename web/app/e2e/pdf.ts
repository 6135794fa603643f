import { inflateSync } from 'node:zlib';

// Reads of a PDF what tests ask for: pages, boxes, text and typefaces. It is for what Chromium's writer
// makes, and throws for what it does not know.

/** A box on a page, in millimetres from its upper left corner. */
export interface PdfBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A run of text that was shown at once, with where it begins. */
export interface PdfText {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PdfPage {
  /** Millimetres. */
  readonly width: number;
  readonly height: number;
  /** Filled rectangles. */
  readonly boxes: readonly PdfBox[];
  readonly texts: readonly PdfText[];
}

export interface PdfFont {
  readonly name: string;
  /** Its glyphs are in the file. */
  readonly embedded: boolean;
  /** Its glyphs have their letters beside them, so that the text can be searched and copied. */
  readonly readable: boolean;
}

export interface Pdf {
  readonly pages: readonly PdfPage[];
  readonly fonts: readonly PdfFont[];
}

interface Obj {
  readonly dict: string;
  readonly stream: Buffer | null;
}

type Matrix = readonly [number, number, number, number, number, number];
type Token = { readonly kind: 'number' | 'name' | 'string' | 'op' | 'other'; readonly text: string };

const POINT_MM = 25.4 / 72;

/** Reads a file. */
export function readPdf(file: Buffer): Pdf {
  const objects = objectsOf(file);
  const get = (ref: string): Obj => {
    const found = objects.get(Number(ref));
    if (!found) throw new Error(`the file has no object ${ref}`);
    return found;
  };
  const fonts = new Map<string, { font: PdfFont; letters: Map<number, string>; bytes: number }>();
  const fontOf = (ref: string) => {
    const known = fonts.get(ref);
    if (known) return known;
    const { dict } = get(ref);
    const below = /\/DescendantFonts\s*\[\s*(\d+)/.exec(dict)?.[1];
    const holder = below ? get(below).dict : dict;
    const descriptor = /\/FontDescriptor\s+(\d+)/.exec(holder)?.[1];
    const unicode = /\/ToUnicode\s+(\d+)/.exec(dict)?.[1];
    const type3 = /\/Subtype\s*\/Type3\b/.test(dict);
    const made = {
      font: {
        name: /\/BaseFont\s*\/([^\s/<>[\]()]+)/.exec(dict)?.[1] ?? `object ${ref}`,
        embedded: type3
          ? /\/CharProcs\b/.test(dict)
          : /\/FontFile[23]?\s+\d+/.test(descriptor ? get(descriptor).dict : ''),
        readable: unicode !== undefined,
      },
      letters: lettersOf(unicode ? get(unicode).stream : null),
      bytes: below ? 2 : 1,
    };
    fonts.set(ref, made);
    return made;
  };
  const pages = [...objects.values()]
    .filter((o) => /\/Type\s*\/Page\b/.test(o.dict))
    .map((o) => pageOf(o, get, fontOf));
  return { pages, fonts: [...fonts.values()].map((f) => f.font) };
}

/** All text of a page in the order in which it was shown, without spaces. */
export function textOf(page: PdfPage): string {
  return page.texts
    .map((t) => t.text)
    .join('')
    .replace(/\s+/g, '');
}

function objectsOf(file: Buffer): Map<number, Obj> {
  const raw = file.toString('latin1');
  const out = new Map<number, Obj>();
  const head = /(\d+) 0 obj\b/g;
  for (let m = head.exec(raw); m; m = head.exec(raw)) {
    const start = head.lastIndex;
    const end = raw.indexOf('endobj', start);
    const data = raw.indexOf('stream', start);
    if (data < 0 || data > end) {
      out.set(Number(m[1]), { dict: raw.slice(start, end), stream: null });
      head.lastIndex = end;
      continue;
    }
    const dict = raw.slice(start, data);
    const length = Number(/\/Length (\d+)(?! \d+ R)/.exec(dict)?.[1]);
    if (!Number.isInteger(length)) throw new Error(`object ${m[1]} has a stream of no length: ${dict}`);
    const from = data + (raw.startsWith('stream\r\n', data) ? 8 : 7);
    const bytes = file.subarray(from, from + length);
    out.set(Number(m[1]), { dict, stream: /\/FlateDecode\b/.test(dict) ? inflateSync(bytes) : bytes });
    head.lastIndex = from + length;
  }
  return out;
}

// The dictionary that a key leads to, in place or by its number.
function dictAt(dict: string, key: string, get: (ref: string) => Obj): string {
  const ref = new RegExp(`/${key}\\s+(\\d+) 0 R`).exec(dict)?.[1];
  if (ref) return get(ref).dict;
  const at = new RegExp(`/${key}\\s*<<`).exec(dict);
  if (!at) return '';
  let depth = 0;
  for (let i = at.index + at[0].length - 2; i < dict.length; i++) {
    if (dict.startsWith('<<', i)) depth++;
    if (dict.startsWith('>>', i)) depth--;
    if (dict.startsWith('<<', i) || dict.startsWith('>>', i)) i++;
    if (depth === 0) return dict.slice(at.index, i + 1);
  }
  return '';
}

type FontOf = (ref: string) => { letters: Map<number, string>; bytes: number };

function pageOf(page: Obj, get: (ref: string) => Obj, fontOf: FontOf): PdfPage {
  let { dict } = page;
  let box = /\/MediaBox\s*\[([^\]]+)\]/.exec(dict)?.[1];
  while (!box) {
    const parent = /\/Parent\s+(\d+)/.exec(dict)?.[1];
    if (!parent) throw new Error('a page has no size');
    dict = get(parent).dict;
    box = /\/MediaBox\s*\[([^\]]+)\]/.exec(dict)?.[1];
  }
  const [left, bottom, right, top] = box.trim().split(/\s+/).map(Number) as [number, number, number, number];
  const boxes: PdfBox[] = [];
  const texts: PdfText[] = [];
  const place = ([x, y]: readonly [number, number]) => ({
    x: (x - left) * POINT_MM,
    y: (top - y) * POINT_MM,
  });
  const run = (content: Buffer, resources: string, start: Matrix, depth: number): void => {
    if (depth > 8) throw new Error('forms within forms without end');
    const fontRefs = dictAt(resources, 'Font', get);
    const formRefs = dictAt(resources, 'XObject', get);
    let now: { matrix: Matrix; font: string } = { matrix: start, font: '' };
    const stack: (typeof now)[] = [];
    let args: Token[] = [];
    let path: (readonly [number, number])[][] = [];
    let text: Matrix = IDENTITY;
    const numbers = () => args.filter((a) => a.kind === 'number').map((a) => Number(a.text));
    for (const token of tokensOf(content.toString('latin1'))) {
      if (token.kind !== 'op') {
        args.push(token);
        continue;
      }
      const n = numbers();
      switch (token.text) {
        case 'q':
          stack.push(now);
          break;
        case 'Q':
          now = stack.pop() ?? now;
          break;
        case 'cm':
          now = { ...now, matrix: times(n as unknown as Matrix, now.matrix) };
          break;
        case 're': {
          const [x = 0, y = 0, w = 0, h = 0] = n;
          path.push([apply(now.matrix, x, y), apply(now.matrix, x + w, y + h)]);
          break;
        }
        case 'f':
        case 'f*':
          for (const [a, b] of path) {
            if (!a || !b) continue;
            const [p, q] = [place(a), place(b)];
            boxes.push({
              x: Math.min(p.x, q.x),
              y: Math.min(p.y, q.y),
              width: Math.abs(p.x - q.x),
              height: Math.abs(p.y - q.y),
            });
          }
          path = [];
          break;
        case 'n':
        case 'S':
        case 's':
        case 'B':
          path = [];
          break;
        case 'BT':
          text = IDENTITY;
          break;
        case 'Tm':
          text = n as unknown as Matrix;
          break;
        case 'Td': {
          text = times([1, 0, 0, 1, n[0] ?? 0, n[1] ?? 0], text);
          break;
        }
        case 'Tf':
          now = { ...now, font: refOf(fontRefs, args[0]?.text ?? '') };
          break;
        case 'Tj':
        case 'TJ': {
          const { letters, bytes } = fontOf(now.font);
          const shown = args
            .filter((a) => a.kind === 'string')
            .map((a) => decode(a.text, letters, bytes))
            .join('');
          const whole = times(text, now.matrix);
          texts.push({ ...place([whole[4], whole[5]]), text: shown });
          break;
        }
        case 'Do': {
          const form = get(refOf(formRefs, args[0]?.text ?? ''));
          if (!/\/Subtype\s*\/Form\b/.test(form.dict) || !form.stream) break;
          const own = /\/Matrix\s*\[([^\]]+)\]/.exec(form.dict)?.[1];
          const matrix = own ? (own.trim().split(/\s+/).map(Number) as unknown as Matrix) : IDENTITY;
          run(form.stream, dictAt(form.dict, 'Resources', get), times(matrix, now.matrix), depth + 1);
          break;
        }
      }
      args = [];
    }
  };
  const contents = /\/Contents\s*\[?\s*((?:\d+ 0 R\s*)+)/.exec(page.dict)?.[1] ?? '';
  const streams = [...contents.matchAll(/(\d+) 0 R/g)].map((m) => get(m[1] ?? '').stream ?? Buffer.of());
  run(Buffer.concat(streams), dictAt(page.dict, 'Resources', get) || page.dict, IDENTITY, 0);
  return { width: (right - left) * POINT_MM, height: (top - bottom) * POINT_MM, boxes, texts };
}

function refOf(dict: string, name: string): string {
  const found = new RegExp(`/${name}\\s+(\\d+) 0 R`).exec(dict)?.[1];
  if (!found) throw new Error(`nothing is called ${name} in ${dict.slice(0, 200)}`);
  return found;
}

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

// First a, then b.
function times(a: Matrix, b: Matrix): Matrix {
  return [
    a[0] * b[0] + a[1] * b[2],
    a[0] * b[1] + a[1] * b[3],
    a[2] * b[0] + a[3] * b[2],
    a[2] * b[1] + a[3] * b[3],
    a[4] * b[0] + a[5] * b[2] + b[4],
    a[4] * b[1] + a[5] * b[3] + b[5],
  ];
}

function apply(m: Matrix, x: number, y: number): readonly [number, number] {
  return [x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]];
}

// Strings come as hexadecimal digits, whichever way they were written.
function* tokensOf(content: string): Generator<Token> {
  const sign =
    /\s+|%[^\r\n]*|<<|>>|<([0-9A-Fa-f\s]*)>|\(((?:[^\\()]|\\[\s\S]|\([^()]*\))*)\)|\/([^\s/<>[\]()%]*)|([+-]?(?:\d+\.?\d*|\.\d+))(?=[\s/<>[\]()%]|$)|[[\]]|([A-Za-z'"*0-9]+)/gy;
  for (let m = sign.exec(content); m; m = sign.exec(content)) {
    if (m[1] !== undefined) yield { kind: 'string', text: m[1].replace(/\s/g, '') };
    else if (m[2] !== undefined)
      yield { kind: 'string', text: Buffer.from(plain(m[2]), 'latin1').toString('hex') };
    else if (m[3] !== undefined) yield { kind: 'name', text: m[3] };
    else if (m[4] !== undefined) yield { kind: 'number', text: m[4] };
    else if (m[5] !== undefined) yield { kind: 'op', text: m[5] };
  }
}

function plain(escaped: string): string {
  return escaped.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, c: string) =>
    /^[0-7]/.test(c)
      ? String.fromCharCode(Number.parseInt(c, 8))
      : ({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }[c] ?? c),
  );
}

function decode(hex: string, letters: Map<number, string>, bytes: number): string {
  const codes = hex.match(new RegExp(`.{${2 * bytes}}`, 'g')) ?? [];
  return codes.map((c) => letters.get(Number.parseInt(c, 16)) ?? '\ufffd').join('');
}

// The letters of glyphs, as a CMap of a font says them.
function lettersOf(cmap: Buffer | null): Map<number, string> {
  const out = new Map<number, string>();
  const text = cmap?.toString('latin1') ?? '';
  const letters = (hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le');
  for (const [, block = ''] of text.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, code = '', to = ''] of block.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g))
      out.set(Number.parseInt(code, 16), letters(to));
  for (const [, block = ''] of text.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    const rows = block.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g);
    for (const [, from = '', to = '', first = ''] of rows)
      for (let c = Number.parseInt(from, 16); c <= Number.parseInt(to, 16); c++) {
        const next = (Number.parseInt(first, 16) + c - Number.parseInt(from, 16)).toString(16);
        out.set(c, letters(next.padStart(first.length, '0')));
      }
  }
  return out;
}
