import type { LngLat } from './ellipsoid.ts';
import { prefixed, toPlane, zoneAt } from './gauss.ts';
import type { Notation } from './parse.ts';
import { toBd, toGcj } from './shift.ts';

/** A place in one notation, as text that can be searched for again. */
export interface Written {
  readonly notation: Notation;
  readonly text: string;
  /** The zone's number, of metres in a plane. */
  readonly zone?: number;
}

/** A place in every notation. Degrees have seven decimals, a centimetre; metres three. */
export function written(at: LngLat): readonly Written[] {
  const pair = ({ lng, lat }: LngLat) => `${lng.toFixed(7)}, ${lat.toFixed(7)}`;
  const gcj = toGcj(at);
  const plane = (width: 3 | 6): Written => {
    const zone = zoneAt(width, at.lng);
    const { north, east } = toPlane(at, zone);
    const text = `${north.toFixed(3)}, ${prefixed(zone, east).toFixed(3)}`;
    return { notation: width === 3 ? 'zone3' : 'zone6', text, zone: zone.number };
  };
  return [
    { notation: 'wgs84', text: pair(at) },
    plane(3),
    plane(6),
    { notation: 'gcj02', text: `gcj02 ${pair(gcj)}` },
    { notation: 'bd09', text: `bd09 ${pair(toBd(gcj))}` },
  ];
}

/** Degrees, minutes and seconds, with a hundredth of a second: 29°22′12.00″N 113°06′00.00″E. */
export function sexagesimal({ lng, lat }: LngLat): string {
  const part = (value: number, plus: string, minus: string) => {
    const all = Math.round(Math.abs(value) * 360_000);
    const two = (n: number) => String(n).padStart(2, '0');
    const seconds = `${two(Math.floor((all % 6000) / 100))}.${two(all % 100)}`;
    return `${Math.floor(all / 360_000)}°${two(Math.floor(all / 6000) % 60)}′${seconds}″${value < 0 ? minus : plus}`;
  };
  return `${part(lat, 'N', 'S')} ${part(lng, 'E', 'W')}`;
}
