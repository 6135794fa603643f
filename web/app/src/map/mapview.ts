import 'maplibre-gl/dist/maplibre-gl.css';
import {
  Map as GlMap,
  type MapGeoJSONFeature,
  type MapSourceDataType,
  setWorkerUrl,
  type Tile,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Box } from '../bounds.ts';
import type { CollectionName } from '../catalogue.gen.ts';
import type { LiveChange, LiveEvent } from '../live.ts';
import type { Camera, Selection } from '../url.ts';
import { LAND, type StyleOptions } from './options.ts';
import { PATTERN_RATIO, pattern } from './pattern.ts';
import { buildStyle } from './style.ts';
import { parseTile, type TileVersions } from './tileversions.ts';

/** A feature of the tiles: its layer and its integer id there. */
export interface Target {
  readonly layer: CollectionName;
  readonly fid: number;
}

export interface MapEvents {
  moved(camera: Camera): void;
  /** A click: on what, and where on the canvas. */
  picked(sel: Selection | null, at: { x: number; y: number }): void;
  hovered(target: Target | null): void;
  pointer(at: { lat: number; lng: number } | null): void;
  /** What went wrong with tiles or drawing; "" when all is well again. */
  trouble(message: string): void;
}

export interface Room {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

interface LiveState {
  readonly status: string;
  readonly gone: boolean;
}

const FLASH_MS = 1_400;
const MAX_ZOOM = 20;
// Within this many pixels of a click a thing counts as hit: a finger is broad.
const REACH = 4;
// What a click takes first, from the top; areas lie under everything.
const PICKABLE: readonly CollectionName[] = ['projects', 'buildings', 'parcels', 'areas'];

setWorkerUrl(workerUrl);

/** The one place that touches the map object. */
export class MapView {
  private readonly map: GlMap;
  private readonly states = new Map<string, LiveState>();
  private readonly flashing = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly versions: TileVersions;
  private readonly on: MapEvents;
  private drawn: StyleOptions;
  private selected: Target | null = null;
  private hover: Target | null = null;
  private moveFrame = 0;
  private wellLoaded = true;
  // Between the loss of the drawing context and its return there is no style to speak to.
  private standing = true;

  constructor(
    container: HTMLElement,
    options: StyleOptions,
    versions: TileVersions,
    start: { camera: Camera | null; box: Box | null; room: Room },
    label: string,
    on: MapEvents,
  ) {
    this.drawn = options;
    this.versions = versions;
    this.on = on;
    const { camera, box } = start;
    this.map = new GlMap({
      container,
      style: buildStyle(options),
      ...(camera
        ? { center: [camera.lng, camera.lat] as [number, number], zoom: camera.zoom }
        : {
            bounds: box ? [...box] : [-170, -60, 170, 75],
            fitBoundsOptions: { padding: { ...start.room } },
          }),
      maxZoom: MAX_ZOOM,
      renderWorldCopies: false,
      dragRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      attributionControl: false,
      // A tile out of sight would miss its refresh; the browser's own cache brings it back.
      maxTileCacheSize: 0,
      transformRequest: (url) => ({ url: versions.stamp(url) }),
      locale: { 'Map.Title': label },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setMissingStyleImageResolver((id) => this.addPattern(id));
    this.listen(container);
  }

  /** Resolves once the style stands: before that the map takes no orders. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      if (this.map.isStyleLoaded()) resolve();
      else this.map.once('style.load', () => resolve());
    });
  }

  /** What the map is drawn by now. */
  options(): StyleOptions {
    return this.drawn;
  }

  revision(): number {
    return this.versions.revision();
  }

  restyle(options: StyleOptions): void {
    this.drawn = options;
    if (this.standing) this.map.setStyle(buildStyle(options), { diff: true });
  }

  hide(codes: readonly string[]): void {
    this.drawn = { ...this.drawn, hide: codes };
    if (this.standing) this.map.setGlobalStateProperty('hide', [...codes]);
  }

  label(text: string): void {
    this.map.getCanvas().setAttribute('aria-label', text);
  }

  camera(): Camera {
    const at = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat: at.lat, lng: at.lng };
  }

  /** Goes to a camera, unless it is there: what the map itself reported comes back rounded. */
  come(camera: Camera): void {
    const now = this.camera();
    const near = (a: number, b: number, by: number) => Math.abs(a - b) <= by;
    if (
      near(now.zoom, camera.zoom, 0.006) &&
      near(now.lat, camera.lat, 6e-6) &&
      near(now.lng, camera.lng, 6e-6)
    ) {
      return;
    }
    this.map.jumpTo({ center: [camera.lng, camera.lat], zoom: camera.zoom });
  }

  zoomBy(steps: number): void {
    this.map.zoomTo(this.map.getZoom() + steps, { duration: calm() ? 0 : 200 });
  }

  fit(box: Box, room: Room, maxZoom = 16): void {
    this.map.fitBounds([...box], { padding: { ...room }, maxZoom, duration: calm() ? 0 : 500 });
  }

  /** Moves the map so far that a point of the canvas is not covered. */
  reveal(at: { x: number; y: number }, room: Room): void {
    const canvas = this.map.getCanvas();
    const dx = Math.max(0, at.x - (canvas.clientWidth - room.right));
    const dy = Math.max(0, at.y - (canvas.clientHeight - room.bottom));
    if (dx > 0 || dy > 0) this.map.panBy([dx, dy], { duration: calm() ? 0 : 250 });
  }

  select(target: Target | null): void {
    if (this.selected) this.flag(this.selected, 'sel', false);
    this.selected = target;
    if (target) this.flag(target, 'sel', true);
  }

  highlight(target: Target | null): void {
    if (same(this.hover, target)) return;
    if (this.hover) this.flag(this.hover, 'hover', false);
    this.hover = target;
    if (target) this.flag(target, 'hover', true);
  }

  /** Paints one committed change at once, then reads the touched tiles again for what paint cannot do. */
  apply(event: LiveEvent): void {
    for (const c of event.changes) this.applyChange(c);
    const tiles = event.tiles.map(parseTile).filter((t) => t !== null);
    if (event.all) this.versions.touchAll(event.revision);
    else this.versions.touch(event.revision, tiles);
    if (!this.standing) return;
    if (event.all) this.map.refreshTiles(LAND);
    else if (tiles.length > 0) this.map.refreshTiles(LAND, tiles);
  }

  /** Reads everything again; what the stream said before gives way once the new tiles are in. */
  reload(revision: number): void {
    this.versions.touchAll(revision);
    if (!this.standing) return;
    const before = [...this.states];
    this.map.once('idle', () => {
      for (const [key, state] of before) {
        if (this.states.get(key) !== state) continue;
        this.states.delete(key);
        const target = unkey(key);
        for (const layer of sourceLayers(target.layer)) {
          this.map.removeFeatureState({ source: LAND, sourceLayer: layer, id: target.fid }, 'status');
          this.map.removeFeatureState({ source: LAND, sourceLayer: layer, id: target.fid }, 'gone');
        }
      }
    });
    this.map.refreshTiles(LAND);
  }

  resize(): void {
    this.map.resize();
  }

  remove(): void {
    for (const timer of this.flashing.values()) clearTimeout(timer);
    cancelAnimationFrame(this.moveFrame);
    this.map.remove();
  }

  private listen(container: HTMLElement): void {
    const map = this.map;
    map.on('moveend', () => this.on.moved(this.camera()));
    map.on('click', (e) => {
      if (!this.standing) return;
      const hit = this.pick(e.point.x, e.point.y, REACH);
      this.on.picked(hit && { collection: hit.target.layer, code: hit.code }, e.point);
    });
    map.on('mousemove', (e) => {
      this.on.pointer({ lat: e.lngLat.lat, lng: e.lngLat.lng });
      cancelAnimationFrame(this.moveFrame);
      this.moveFrame = requestAnimationFrame(() => {
        if (!this.standing) return;
        const target = this.pick(e.point.x, e.point.y, 0)?.target ?? null;
        map.getCanvas().style.cursor = target ? 'pointer' : '';
        this.highlight(target);
        this.on.hovered(target);
      });
    });
    map.on('mouseout', () => {
      cancelAnimationFrame(this.moveFrame);
      this.highlight(null);
      this.on.hovered(null);
      this.on.pointer(null);
    });
    map.on('movestart', () => delete container.dataset.idle);
    map.on('dataloading', () => delete container.dataset.idle);
    map.on('idle', () => {
      container.dataset.idle = 'yes';
      if (this.wellLoaded) this.on.trouble('');
      this.wellLoaded = true;
    });
    map.on('error', (e) => {
      this.wellLoaded = false;
      this.on.trouble(e.error.message);
    });
    map.on('sourcedata', (e) => {
      if (e.sourceId === LAND) this.chase(e.sourceDataType, e.tile);
    });
    map.on('webglcontextlost', () => {
      this.standing = false;
    });
    map.on('webglcontextrestored', () => void this.ready().then(() => this.restore()));
  }

  // A tile that was on its way while a change came is asked for once more.
  private chase(type: MapSourceDataType | undefined, tile: Tile | undefined): void {
    if (type === 'metadata' || tile?.state !== 'loaded') return;
    const { z, x, y } = tile.tileID.canonical;
    if (this.versions.late({ z, x, y })) this.map.refreshTiles(LAND, [{ z, x, y }]);
  }

  private pick(x: number, y: number, reach: number): { target: Target; code: string } | null {
    const layers = ['projects-ring', 'buildings-fill', 'parcels-fill', 'areas-fill', 'areas-hit'];
    const shown = layers.filter((id) => this.map.getLayer(id));
    const at: [[number, number], [number, number]] = [
      [x - reach, y - reach],
      [x + reach, y + reach],
    ];
    const found = this.map.queryRenderedFeatures(reach ? at : [x, y], { layers: shown });
    for (const layer of PICKABLE) {
      const hit = found.find((f) => f.sourceLayer === layer && this.usable(f, layer));
      if (hit) return { target: { layer, fid: hit.id as number }, code: String(hit.properties.code) };
    }
    return null;
  }

  private usable(f: MapGeoJSONFeature, layer: CollectionName): boolean {
    if (typeof f.id !== 'number' || typeof f.properties.code !== 'string') return false;
    return !this.states.get(keyOf({ layer, fid: f.id }))?.gone;
  }

  private applyChange(c: LiveChange): void {
    if (c.layer === 'cleared' || c.layer === 'arealabels' || c.layer === 'parcellabels') return;
    const target: Target = { layer: c.layer, fid: c.id };
    const state: LiveState = { status: c.status, gone: c.gone };
    this.states.set(keyOf(target), state);
    this.paint(target, state);
    if (!c.gone && !calm()) this.flash(target);
  }

  private paint(target: Target, state: LiveState): void {
    if (!this.standing) return;
    for (const layer of sourceLayers(target.layer)) {
      const said = state.gone ? { gone: true } : { gone: false, status: state.status };
      this.map.setFeatureState({ source: LAND, sourceLayer: layer, id: target.fid }, said);
    }
  }

  private flash(target: Target): void {
    const key = keyOf(target);
    clearTimeout(this.flashing.get(key));
    this.flag(target, 'flash', true);
    const end = () => {
      this.flashing.delete(key);
      this.flag(target, 'flash', false);
    };
    this.flashing.set(key, setTimeout(end, FLASH_MS));
  }

  private flag(target: Target, name: 'sel' | 'hover' | 'flash', value: boolean): void {
    if (!this.standing) return;
    const feature = { source: LAND, sourceLayer: target.layer, id: target.fid };
    this.map.setFeatureState(feature, { [name]: value });
  }

  // A lost drawing context takes all feature state with it, and what was asked for meanwhile.
  private restore(): void {
    this.standing = true;
    this.restyle(this.drawn);
    for (const [key, state] of this.states) this.paint(unkey(key), state);
    if (this.selected) this.flag(this.selected, 'sel', true);
    if (this.hover) this.flag(this.hover, 'hover', true);
  }

  private addPattern(id: string): void {
    const p = pattern(id);
    if (!p || this.map.hasImage(id)) return;
    this.map.addImage(id, { width: p.width, height: p.height, data: p.data }, { pixelRatio: PATTERN_RATIO });
  }
}

function sourceLayers(layer: CollectionName): readonly string[] {
  if (layer === 'areas') return ['areas', 'arealabels'];
  return layer === 'parcels' ? ['parcels', 'parcellabels'] : [layer];
}

function keyOf(t: Target): string {
  return `${t.layer}/${t.fid}`;
}

function unkey(key: string): Target {
  const cut = key.indexOf('/');
  return { layer: key.slice(0, cut) as CollectionName, fid: Number(key.slice(cut + 1)) };
}

function same(a: Target | null, b: Target | null): boolean {
  return a?.layer === b?.layer && a?.fid === b?.fid;
}

function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
