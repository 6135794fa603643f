import type { Lang } from './url.ts';

/** Numbers and dates in the reader's language; money comes in 万元, land in mu. */
export interface Format {
  int(n: number): string;
  mu(n: number): string;
  plain(n: number): string;
  percent(n: number): string;
  money(wan: number): string;
  pricePerMu(wan: number): string;
  /** Square metres as mu, with hectares beside. */
  land(m2: number): string;
  /** Yuan per square metre of floor. */
  floorPrice(yuan: number): string;
  date(day: string): string;
  /** The district's day of a moment, as YYYY-MM-DD; "" where it is none. */
  dayOf(iso: string): string;
  moment(iso: string): string;
}

const WAN_PER_YI = 10_000;

/** zone is the district's IANA time zone, in which its days begin and end. */
export function formats(lang: Lang, zone: string): Format {
  const number = (min: number, max: number) =>
    new Intl.NumberFormat(lang, { minimumFractionDigits: min, maximumFractionDigits: max });
  const whole = number(0, 0);
  const two = number(2, 2);
  const few = number(0, 2);
  const day = new Intl.DateTimeFormat(lang, {
    timeZone: 'UTC',
    year: 'numeric',
    month: lang === 'en' ? 'short' : '2-digit',
    day: '2-digit',
  });
  const moment = new Intl.DateTimeFormat(lang, {
    timeZone: zone,
    year: 'numeric',
    month: lang === 'en' ? 'short' : '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const dayInZone = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  const dayOf = (iso: string) => {
    const t = new Date(iso);
    return Number.isNaN(t.getTime()) ? '' : dayInZone.format(t);
  };
  const date = (text: string) => {
    const plain = /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : dayOf(text);
    return plain === '' ? text : day.format(new Date(`${plain}T00:00:00Z`));
  };
  return {
    int: (n) => whole.format(n),
    mu: (n) => two.format(n),
    plain: (n) => few.format(n),
    percent: (n) => `${few.format(n)}%`,
    money: (wan) => (lang === 'en' ? moneyEn(wan, two) : moneyZh(wan, two, few)),
    pricePerMu: (wan) => (lang === 'en' ? `CNY ${two.format(wan / 100)} M/mu` : `${two.format(wan)} 万元/亩`),
    land: (m2) => {
      const [mu, ha] = [two.format((m2 * 15) / 10_000), two.format(m2 / 10_000)];
      return lang === 'en' ? `${mu} mu (${ha} ha)` : `${mu} 亩（${ha} 公顷）`;
    },
    floorPrice: (yuan) => (lang === 'en' ? `CNY ${whole.format(yuan)}/m²` : `${whole.format(yuan)} 元/㎡`),
    date,
    dayOf,
    moment: (iso) => {
      const t = new Date(iso);
      return Number.isNaN(t.getTime()) ? iso : moment.format(t);
    },
  };
}

function moneyZh(wan: number, two: Intl.NumberFormat, few: Intl.NumberFormat): string {
  if (Math.abs(wan) >= WAN_PER_YI) return `${two.format(wan / WAN_PER_YI)} 亿元`;
  return `${few.format(wan)} 万元`;
}

// A million is 100 万, a billion 10 亿.
function moneyEn(wan: number, two: Intl.NumberFormat): string {
  if (Math.abs(wan) >= 10 * WAN_PER_YI) return `CNY ${two.format(wan / (10 * WAN_PER_YI))} bn`;
  return `CNY ${two.format(wan / 100)} M`;
}

/** Ground metres of one CSS pixel, on the 512-pixel world of the map. */
export function metresPerPixel(zoom: number, lat: number): number {
  return (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
}

/** A round length that fills at most `room` pixels, and how many it takes. */
export function scaleBar(mpp: number, room: number): { metres: number; pixels: number } {
  const most = mpp * room;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 3, 2, 1].map((f) => f * power).find((m) => m <= most) ?? power;
  return { metres, pixels: metres / mpp };
}

/** 23.5 → "23.50000°N"; the coordinates of the status bar. */
export function degrees(lat: number, lng: number): string {
  const ns = lat < 0 ? 'S' : 'N';
  const ew = lng < 0 ? 'W' : 'E';
  return `${Math.abs(lat).toFixed(5)}°${ns} ${Math.abs(lng).toFixed(5)}°${ew}`;
}
