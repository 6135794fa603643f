import type { GeoJSONSource, Map as GlMap, MapMouseEvent } from 'maplibre-gl';
import type { LngLat } from '../coords/ellipsoid.ts';
import { SKETCH } from './sketchlook.ts';

type Feature = Extract<Parameters<GeoJSONSource['setData']>[0], { type: 'Feature' }>;

/** What is being drawn. */
export type Shape = 'point' | 'line' | 'polygon';

/** How a drawing stands: its corners so far, where the pointer is, and whether it is done. */
export interface Drawing {
  readonly shape: Shape;
  readonly corners: readonly LngLat[];
  readonly done: boolean;
}

// A click that ends a drawing lies this near to its last corner.
const SAME_PX = 6;
const MAX_CORNERS = 200;

/** Drawing by hand on the map: by clicks, or from the keyboard with the middle of the map as the pen. */
export class Sketch {
  private readonly map: GlMap;
  private drawing: Drawing | null = null;
  private pointer: LngLat | null = null;
  private pin: LngLat | null = null;
  private told: (d: Drawing) => void = () => {};

  constructor(map: GlMap) {
    this.map = map;
    map.on('style.load', () => this.show());
    map.on('mousemove', (e) => this.move(e));
    map.getCanvas().addEventListener('keydown', (e) => this.key(e));
  }

  active(): boolean {
    return this.drawing !== null && !this.drawing.done;
  }

  /** Begins a drawing, in place of the one before. told hears of each corner. */
  begin(shape: Shape, told: (d: Drawing) => void): void {
    this.told = told;
    this.map.doubleClickZoom.disable();
    this.set({ shape, corners: [], done: false });
  }

  /** Shows a drawing that is done, such as that of a link; null = none. */
  keep(d: Drawing | null): void {
    this.told = () => {};
    this.map.doubleClickZoom.enable();
    this.drawing = d;
    this.show();
  }

  /** A place that is marked; null = none. */
  mark(at: LngLat | null): void {
    this.pin = at;
    this.show();
  }

  /** Takes a click as a corner; false when nothing is being drawn. */
  click(e: MapMouseEvent): boolean {
    const d = this.drawing;
    if (!d || d.done) return false;
    const last = d.corners.at(-1);
    const end = last && this.map.project([last.lng, last.lat]).dist(e.point) < SAME_PX;
    if (end) this.finish();
    else this.add({ lng: e.lngLat.lng, lat: e.lngLat.lat });
    return true;
  }

  /** Puts a corner at the middle of the map. */
  addMiddle(): void {
    const at = this.map.getCenter();
    this.add({ lng: at.lng, lat: at.lat });
  }

  /** Takes the last corner away. */
  back(): void {
    const d = this.drawing;
    if (d && !d.done) this.set({ ...d, corners: d.corners.slice(0, -1) });
  }

  /** Ends the drawing where it has corners enough. */
  finish(): void {
    const d = this.drawing;
    const least = { point: 1, line: 2, polygon: 3 };
    if (!d || d.done || d.corners.length < least[d.shape]) return;
    // The click that ends a drawing must not zoom as well.
    setTimeout(() => this.map.doubleClickZoom.enable(), 400);
    this.set({ ...d, done: true });
  }

  private add(at: LngLat): void {
    const d = this.drawing;
    if (!d || d.done || d.corners.length >= MAX_CORNERS) return;
    this.set({ ...d, corners: [...d.corners, at] });
    if (d.shape === 'point') this.finish();
  }

  private set(d: Drawing): void {
    this.drawing = d;
    this.show();
    this.told(d);
  }

  private move(e: MapMouseEvent): void {
    if (!this.active()) return;
    this.pointer = { lng: e.lngLat.lng, lat: e.lngLat.lat };
    this.map.getCanvas().style.cursor = 'crosshair';
    this.show();
  }

  private key(e: KeyboardEvent): void {
    if (!this.active()) return;
    const act = {
      ' ': () => this.addMiddle(),
      Enter: () => this.finish(),
      Backspace: () => this.back(),
    }[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  }

  private show(): void {
    const source = this.map.getSource<GeoJSONSource>(SKETCH);
    source?.setData({ type: 'FeatureCollection', features: this.features() });
  }

  private features(): Feature[] {
    const out: Feature[] = [];
    const add = (part: string, geometry: Feature['geometry']) =>
      out.push({ type: 'Feature', properties: { part }, geometry });
    const d = this.drawing;
    if (d) {
      const known = d.corners.map((p) => [p.lng, p.lat]);
      const loose = !d.done && this.pointer && known.length > 0 ? [[this.pointer.lng, this.pointer.lat]] : [];
      const line = d.shape === 'point' ? [] : [...known, ...loose];
      const closed = line.length > 2 && d.shape === 'polygon' ? [...line, ...line.slice(0, 1)] : line;
      if (closed !== line) add('face', { type: 'Polygon', coordinates: [closed] });
      if (closed.length > 1) add('edge', { type: 'LineString', coordinates: closed });
      for (const p of known) add('corner', { type: 'Point', coordinates: p });
    }
    if (this.pin) add('pin', { type: 'Point', coordinates: [this.pin.lng, this.pin.lat] });
    return out;
  }
}
