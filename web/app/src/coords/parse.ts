import type { LngLat } from './ellipsoid.ts';
import { fromPlane, zoneAt, type Zone, zoneOf } from './gauss.ts';
import { fromBd, fromGcj } from './shift.ts';

/** How a pair of coordinates is to be understood. */
export type Notation = 'wgs84' | 'gcj02' | 'bd09' | 'zone3' | 'zone6';

/** A place that a text may mean. */
export interface Reading {
  readonly notation: Notation;
  /** In WGS 84. */
  readonly at: LngLat;
  /** The zone of a plane pair. */
  readonly zone?: Zone;
}

const MAX_TEXT = 100;
const DATUMS: readonly (readonly [RegExp, Notation])[] = [
  [/^(?:wgs-?84|cgcs-?2000|gps|国家2000)[\s:：]*/i, 'wgs84'],
  [/^(?:gcj-?02|gcj|火星|高德|腾讯)[\s:：]*/i, 'gcj02'],
  [/^(?:bd-?09|bd|百[度°])[\s:：]*/i, 'bd09'],
];

/**
 * The places that a pair of coordinates may mean, the likeliest first; none for a text that is no
 * pair. Understood are decimal degrees in either order, degrees with minutes and seconds, with marks
 * or Chinese words for the directions, and metres of a Gauss-Krüger zone, northing and easting in
 * either order, with or without the zone's number before the easting. Degrees without a datum may be
 * any of three. near is a place of the district, which tells the zone of an easting without one.
 */
export function readings(text: string, near: LngLat): readonly Reading[] {
  if (text.length > MAX_TEXT) return [];
  let rest = halfWidth(text).trim();
  let datum: Notation | null = null;
  for (const [pattern, notation] of DATUMS) {
    if (datum !== null || !pattern.test(rest)) continue;
    datum = notation;
    rest = rest.replace(pattern, '');
  }
  const plane = planePair(rest, near);
  if (plane.length > 0) return datum === null || datum === 'wgs84' ? plane : [];
  const at = degreePair(rest);
  if (!at) return [];
  const all: readonly Reading[] = [
    { notation: 'wgs84', at },
    { notation: 'gcj02', at: fromGcj(at) },
    { notation: 'bd09', at: fromGcj(fromBd(at)) },
  ];
  return datum === null ? all : all.filter((r) => r.notation === datum);
}

// Full-width letters, digits and marks as they are on a keyboard, and one kind of each mark.
function halfWidth(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[′’‘＇]/g, "'")
    .replace(/[″”“＂]/g, '"')
    .replace(/''/g, '"')
    .replace(/[º˚]/g, '°')
    .replace(/[、;，；|/]/g, ',')
    .replace(/度/g, '°')
    .replace(/分/g, "'")
    .replace(/秒/g, '"');
}

function planePair(text: string, near: LngLat): Reading[] {
  const found =
    /^(?:[xyne][\s:=]*)?(\d{6,8}(?:\.\d+)?)\s*m?\s*(?:,|\s)\s*(?:[xyne][\s:=]*)?(\d{6,8}(?:\.\d+)?)\s*m?$/i.exec(
      text,
    );
  if (!found) return [];
  const [a, b] = [Number(found[1]), Number(found[2])];
  // A northing in China has seven digits; an easting has six, or eight with its zone.
  const isNorth = (v: number) => v >= 300_000 && v < 6_300_000;
  const isEast = (v: number) => (v >= 100_000 && v < 1_000_000) || (v >= 13e6 && v < 46e6);
  const pairs = [
    [a, b],
    [b, a],
  ] as const;
  const [north, east] = pairs.find(([n, e]) => isNorth(n) && isEast(e) && (n >= 1e6 || e >= 1e6)) ?? [0, 0];
  if (north === 0) return [];
  const number = Math.floor(east / 1e6);
  const zones =
    number > 0 ? [zoneOf(number >= 25 ? 3 : 6, number)] : [zoneAt(3, near.lng), zoneAt(6, near.lng)];
  return zones.flatMap((zone): Reading[] => {
    const at = fromPlane({ north, east: east % 1e6 }, zone);
    // Much further out than a zone is wide the easting is one of another zone.
    if (Math.abs(at.lng - zone.meridian) > zone.width) return [];
    return [{ notation: zone.width === 3 ? 'zone3' : 'zone6', at, zone }];
  });
}

interface Angle {
  readonly degrees: number;
  readonly axis: 'lng' | 'lat' | null;
}

const ANGLE =
  /^(东经|西经|北纬|南纬|经度|纬度|[NSEW])?[\s:]*([+-]?\d{1,3}(?:\.\d+)?)\s*(?:°\s*(?:(\d{1,2}(?:\.\d+)?)\s*'\s*(?:(\d{1,2}(?:\.\d+)?)\s*")?)?)?/i;
// Behind a number, unless it belongs to the next one.
const DIRECTION = /^(?:([NSEW])|\s+([NSEW])(?!\s*\d))/i;

function degreePair(text: string): LngLat | null {
  const first = angle(text);
  if (!first) return null;
  const gap = /^\s*,?\s*/.exec(first.rest)?.[0] ?? '';
  const before = text.slice(0, text.length - first.rest.length);
  if (gap === '' && /\d$/.test(before) && /^\d/.test(first.rest)) return null;
  const second = angle(first.rest.slice(gap.length));
  if (second?.rest.trim() !== '') return null;
  const [a, b] = [first.angle, second.angle];
  if (a.axis !== null && a.axis === b.axis) return null;
  const swapped =
    a.axis === 'lat' ||
    b.axis === 'lng' ||
    (a.axis === null && b.axis === null && Math.abs(a.degrees) <= 90 && Math.abs(b.degrees) > 90);
  const [lng, lat] = swapped ? [b.degrees, a.degrees] : [a.degrees, b.degrees];
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? { lng, lat } : null;
}

function angle(text: string): { angle: Angle; rest: string } | null {
  const m = ANGLE.exec(text);
  if (!m) return null;
  const [whole, before, number, minutes, seconds] = m;
  const behind = before ? null : DIRECTION.exec(text.slice(whole.length));
  const word = (before ?? behind?.[1] ?? behind?.[2] ?? '').toUpperCase();
  const [min, sec] = [Number(minutes ?? 0), Number(seconds ?? 0)];
  if (min >= 60 || sec >= 60) return null;
  const degrees = Number(number);
  const size = Math.abs(degrees) + min / 60 + sec / 3600;
  const minus = (number ?? '').startsWith('-') || /西经|南纬|[SW]/.test(word);
  const axis = /经|[EW]/.test(word) ? 'lng' : /纬|[NS]/.test(word) ? 'lat' : null;
  return {
    angle: { degrees: minus ? -size : size, axis },
    rest: text.slice(whole.length + (behind?.[0].length ?? 0)),
  };
}
