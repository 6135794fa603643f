import { computed, signal } from '@preact/signals';
import { type Box, boxOf } from '../bounds.ts';
import { printEn } from '../i18n/print.en.ts';
import { type PrintWords, printZh } from '../i18n/print.zh.ts';
import { plane2000 } from '../coords/epsg.ts';
import { RAD } from '../coords/ellipsoid.ts';
import { detail } from '../store/detail.ts';
import { district, districtName } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import type { Camera } from '../url.ts';
import { fitted, type Frame } from './frame.ts';
import { layoutOf, type Paper, type Turn } from './layout.ts';

/** What the reader chose; it stays while the page lives. */
export const paper = signal<Paper>('a4');
export const turn = signal<Turn>('landscape');
/** The number after 1:, or what fits. */
export const scale = signal<number | 'fit'>('fit');
/** A title of the reader's own; "" = the one that goes with the map. */
export const title = signal('');

/** The size of the map on the screen, in CSS pixels. */
export const screen = signal<{ readonly width: number; readonly height: number }>({ width: 0, height: 0 });

export const printWords = computed<PrintWords>(() => (lang.value === 'en' ? printEn : printZh));
export const layout = computed(() => layoutOf(paper.value, turn.value));

/** The plane that the district measures in; null where it has none, or one that is not of CGCS2000. */
export const plane = computed(() => plane2000(district.value?.measure_srid ?? 0));

export const heading = computed(() => {
  const w = printWords.value;
  return title.value.trim() || w.titled(districtName.value, w.maps[view.value.mode]);
});

/** The thing that is selected, when it has been read. */
export const selected = computed(() => {
  const { sel } = view.value;
  const d = detail.value;
  return sel && d?.item && d.sel.code === sel.code && d.sel.collection === sel.collection ? d : null;
});

/** What the sheet is to show: the selected thing where there is one, else what is on the screen. */
const wanted = computed<Box | null>(() => {
  const own = selected.value?.item ? boxOf(selected.value.item.geometry) : null;
  if (own) return own;
  const { camera } = view.value;
  const { width, height } = screen.value;
  if (camera && width > 0) return seen(camera, width, height);
  return district.value?.bounds ?? district.value?.frame ?? null;
});

/** What is printed; null while nobody knows where. */
export const frame = computed<Frame | null>(() => {
  const { map } = layout.value;
  const box = wanted.value;
  const fit = box && fitted(box, map.width, map.height);
  if (scale.value === 'fit') return fit;
  const { camera } = view.value;
  const middle = camera ? { lng: camera.lng, lat: camera.lat } : fit?.middle;
  return middle ? { middle, width: map.width, height: map.height, scale: scale.value } : null;
});

/** The scale as it is written. */
export function ratio(n: number): string {
  return `1:${n.toLocaleString('en')}`.replaceAll(',', '\u00a0');
}

const TILE = 512;

function mercator(lat: number): number {
  return Math.asinh(Math.tan(lat * RAD));
}

function seen(camera: Camera, width: number, height: number): Box {
  const rad = (2 * Math.PI) / (TILE * 2 ** camera.zoom);
  const [dx, dy] = [(width / 2) * rad, (height / 2) * rad];
  const lat = (y: number) => Math.atan(Math.sinh(y)) / RAD;
  const y = mercator(camera.lat);
  return [camera.lng - dx / RAD, lat(y - dy), camera.lng + dx / RAD, lat(y + dy)];
}

/** Where a box of degrees lies on the screen's map, in CSS pixels from its upper left corner. */
export function onScreen(
  [west, south, east, north]: Box,
  camera: Camera,
  size: { readonly width: number; readonly height: number },
): { left: number; top: number; width: number; height: number } {
  const px = (TILE * 2 ** camera.zoom) / (2 * Math.PI);
  return {
    left: size.width / 2 + (west - camera.lng) * RAD * px,
    top: size.height / 2 - (mercator(north) - mercator(camera.lat)) * px,
    width: (east - west) * RAD * px,
    height: (mercator(north) - mercator(south)) * px,
  };
}
