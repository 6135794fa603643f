import type { OnPaper } from './frame.ts';

/** A name that wants a place on the sheet; the larger what it names, the sooner it has its place. */
export interface Wanted extends OnPaper {
  readonly name: string;
  readonly size: number;
}

// Names are written 3 mm high (printsheet.css): a letter of Chinese is as wide, one of Latin half of it.
const EM_MM = 3;
const HIGH_MM = 3.4;
const LATIN = 0.56;

/** The names that have room, the largest first: none lies on another. */
export function spread(wanted: readonly Wanted[]): readonly Wanted[] {
  const out: { wide: number; at: Wanted }[] = [];
  for (const at of [...wanted].sort((a, b) => b.size - a.size)) {
    const wide = widthOf(at.name);
    const free = out.every(
      (o) => Math.abs(o.at.x - at.x) >= (o.wide + wide) / 2 || Math.abs(o.at.y - at.y) >= HIGH_MM,
    );
    if (free) out.push({ wide, at });
  }
  return out.map((o) => o.at);
}

function widthOf(name: string): number {
  let em = 0;
  for (const letter of name) em += /[\u2e80-\u9fff\uff00-\uffef]/.test(letter) ? 1 : LATIN;
  return em * EM_MM;
}
