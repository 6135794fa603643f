import '../styles/mapbox.css';
import {
  Map as GlMap,
  type FilterSpecification,
  type MapSourceDataType,
  type RequestParameters,
  setWorkerUrl,
  type Tile,
} from 'maplibre-gl';
import workerUrl from 'virtual:maplibre-gl-worker';
import type { Box } from '../bounds.ts';
import type { LiveEvent } from '../live.ts';
import type { Camera } from '../url.ts';
import { type Day, type Span, TODAY, widen } from './days.ts';
import { FeatureStates } from './featurestates.ts';
import { LAND, type Over, type StyleOptions } from './options.ts';
import { type Only, onlyState } from './only.ts';
import type { MapEvents, Room, Seen, Start } from './mapevents.ts';
import { drawPatterns } from './patternimages.ts';
import { type Picked, pick } from './pick.ts';
import type { Sketch } from './sketch.ts';
import { buildStyle } from './style.ts';
import type { Target } from './target.ts';
import { type DecodedLayers, TileNotes } from './tilenotes.ts';
import { parseTile, type TileId, type TileVersions } from './tileversions.ts';

// After this long without an answer a refreshed tile is no reason to wait.
const REFRESH_MS = 1_500;
const MAX_ZOOM = 20;
// Within this many pixels of a click a thing counts as hit: a finger is broad.
const REACH = 4;
// What fetch takes and MapLibre hands on to it, though its type does not name it.
const AS_NOBODY = { credentials: 'omit' } as unknown as Pick<RequestParameters, 'credentials'>;

setWorkerUrl(workerUrl);

/** The one place that touches the map object. */
export class MapView {
  private readonly map: GlMap;
  private readonly features: FeatureStates;
  private readonly tileNotes = new TileNotes();
  private readonly versions: TileVersions;
  private readonly on: MapEvents;
  private drawn: StyleOptions;
  private pen: Sketch | null = null;
  private moveFrame = 0;
  private wellLoaded = true;
  // Between the loss of the drawing context and its return there is no style to speak to.
  private standing = true;
  // While tiles are read again the style's global state has to wait.
  private refreshing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    container: HTMLElement,
    options: StyleOptions,
    versions: TileVersions,
    start: Start,
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
      transformRequest: (url) => ({ url: versions.stamp(url), ...(start.asNobody ? AS_NOBODY : {}) }),
      locale: { 'Map.Title': label },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    drawPatterns(this.map);
    this.features = new FeatureStates(this.map);
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

  /** The address of one of our tiles at the revision that the map shows it at; others stay as they are. */
  stamped(url: string): string {
    return this.versions.stamped(url);
  }

  restyle(options: StyleOptions): void {
    this.drawn = options;
    if (this.standing) this.map.setStyle(buildStyle(options), { diff: true });
  }

  /** Lays sources and layers over the land, in place of those before. */
  lay(over: Over): void {
    this.restyle({ ...this.drawn, over });
  }

  /** What layers show at a point of the canvas, without one in its middle: from the top, by layer. */
  under(layers: readonly string[], at?: { readonly x: number; readonly y: number }): readonly Seen[] {
    if (!this.standing) return [];
    const there = layers.filter((id) => this.map.getLayer(id));
    const { x, y } = at ?? this.map.project(this.map.getCenter());
    const box: [[number, number], [number, number]] = [
      [x - REACH, y - REACH],
      [x + REACH, y + REACH],
    ];
    return this.map
      .queryRenderedFeatures(box, { layers: there })
      .map(({ layer, properties }) => ({ layer: layer.id, properties }));
  }

  hide(codes: readonly string[]): void {
    this.drawn = { ...this.drawn, hide: codes };
    this.setGlobals();
  }

  /** The pen that draws on the map by hand; what it is made of comes with who asks for it. */
  sketch(Pen: new (map: GlMap) => Sketch): Sketch {
    this.pen ??= new Pen(this.map);
    return this.pen;
  }

  /** Draws of the collections of a filter only what it keeps. */
  keep(only: Only): void {
    this.drawn = { ...this.drawn, only };
    this.setGlobals();
  }

  /** Draws the land as it was on a past day, out of the tiles that are there; TODAY = as it is. */
  showDay(day: Day): void {
    this.drawn = { ...this.drawn, day };
    this.setGlobals();
  }

  /** Resolves when all that was asked for is drawn, or after a while in which it was not. */
  settled(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.map.off('idle', end);
        resolve();
      };
      const timer = setTimeout(end, limit);
      this.map.on('idle', end);
    });
  }

  /** From when to when the loaded tiles tell of moves; null where they tell of none. */
  span(): Span | null {
    let span: Span | null = null;
    for (const sourceLayer of ['areas', 'parcels', 'projects']) {
      const filter: FilterSpecification = ['has', 't0'];
      const found = this.map.querySourceFeatures(LAND, { sourceLayer, filter, validate: false });
      for (const { properties: p } of found)
        span = widen(span, { first: Number(p.t0), last: Number(p[`t${String(p.h).length - 1}`]) });
    }
    return span;
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

  select(targets: readonly Target[]): void {
    this.features.select(targets);
  }

  highlight(target: Target | null): void {
    this.features.highlight(target);
  }

  /** Paints one committed change at once, then reads the touched tiles again for what paint cannot do. */
  apply(event: LiveEvent): void {
    // On a past day nothing happens now.
    const flash = this.drawn.day === TODAY && !calm();
    for (const c of event.changes) this.features.change(c, flash);
    const tiles = event.tiles.map(parseTile).filter((t) => t !== null);
    if (event.all) this.versions.touchAll(event.revision);
    else this.versions.touch(event.revision, tiles);
    if (event.all) this.refresh();
    else if (tiles.length > 0) this.refresh(tiles);
  }

  /** Reads everything again; what the stream said before gives way once the new tiles are in. */
  reload(revision: number): void {
    this.versions.touchAll(revision);
    if (!this.standing) return;
    this.features.outdate();
    this.refresh();
  }

  resize(): void {
    this.map.resize();
  }

  remove(): void {
    this.features.end();
    clearTimeout(this.refreshing);
    cancelAnimationFrame(this.moveFrame);
    this.map.remove();
  }

  private listen(container: HTMLElement): void {
    const map = this.map;
    map.on('moveend', () => this.on.moved(this.camera()));
    map.on('click', (e) => {
      if (!this.standing || this.pen?.click(e)) return;
      const { hit, cell } = this.pick(e.point.x, e.point.y, REACH);
      this.on.cell(cell);
      this.on.picked(hit && { collection: hit.target.layer, code: hit.code }, e.point);
    });
    map.on('mousemove', (e) => {
      this.on.pointer({ lat: e.lngLat.lat, lng: e.lngLat.lng });
      cancelAnimationFrame(this.moveFrame);
      this.moveFrame = requestAnimationFrame(() => {
        if (!this.standing || this.pen?.active()) return;
        const { hit, cell } = this.pick(e.point.x, e.point.y, 0);
        const target = hit?.target ?? null;
        map.getCanvas().style.cursor = target ? 'pointer' : '';
        this.highlight(target);
        this.on.hovered(target);
        this.on.cell(cell);
      });
    });
    map.on('mouseout', () => {
      cancelAnimationFrame(this.moveFrame);
      this.highlight(null);
      this.on.hovered(null);
      this.on.cell(null);
      this.on.pointer(null);
    });
    map.on('movestart', () => {
      delete container.dataset.idle;
      this.on.cell(null);
    });
    map.on('dataloading', () => delete container.dataset.idle);
    map.on('idle', () => {
      container.dataset.idle = 'yes';
      this.refreshed();
      this.features.giveUp();
      this.on.notes(this.tileNotes.sum(this.tilesInSight()));
      if (this.wellLoaded) this.on.trouble('');
      this.wellLoaded = true;
    });
    map.on('error', (e) => {
      this.wellLoaded = false;
      this.on.trouble(e.error.message);
    });
    map.on('sourcedata', (e) => {
      if (e.sourceId === LAND) this.onTile(e.sourceDataType, e.tile);
    });
    map.on('webglcontextlost', () => {
      this.standing = false;
      this.features.lost();
    });
    map.on('webglcontextrestored', () => void this.ready().then(() => this.restore()));
  }

  private pick(x: number, y: number, reach: number): Picked {
    return pick(this.map, { x, y }, reach, (t) => this.features.gone(t));
  }

  private onTile(type: MapSourceDataType | undefined, tile: Tile | undefined): void {
    if (type === 'metadata' || tile?.state !== 'loaded') return;
    const { z, x, y } = tile.tileID.canonical;
    const layers = tile.latestFeatureIndex?.rawTileData ? tile.latestFeatureIndex.loadVTLayers() : null;
    this.tileNotes.read({ z, x, y }, layers as DecodedLayers | null);
    // A tile that was on its way while a change came is asked for once more.
    if (this.versions.late({ z, x, y })) this.refresh([{ z, x, y }]);
  }

  private tilesInSight(): TileId[] {
    const [minzoom, maxzoom] = this.drawn.zooms;
    return this.map.coveringTiles({ tileSize: 512, minzoom, maxzoom }).map((t) => t.canonical);
  }

  // Reads tiles again, all without names. Only those that the map holds are asked for.
  private refresh(tiles?: TileId[]): void {
    if (!this.standing) return;
    clearTimeout(this.refreshing);
    this.refreshing = setTimeout(() => this.refreshed(), REFRESH_MS);
    if (tiles) this.map.refreshTiles(LAND, tiles);
    else this.map.refreshTiles(LAND);
  }

  private refreshed(): void {
    if (this.refreshing === undefined) return;
    clearTimeout(this.refreshing);
    this.refreshing = undefined;
    this.setGlobals();
  }

  // A new global state has every tile parsed again where it lies. One that is just being read again
  // may be on its way to another worker, where it cannot be found: so the state waits for it.
  private setGlobals(): void {
    if (!this.standing || this.refreshing !== undefined) return;
    this.map.setGlobalStateProperty('hide', [...this.drawn.hide]);
    this.map.setGlobalStateProperty('day', this.drawn.day);
    for (const [name, ids] of onlyState(this.drawn.only)) this.map.setGlobalStateProperty(name, ids);
  }

  // A lost drawing context takes all feature state with it, and what was asked for meanwhile.
  private restore(): void {
    this.standing = true;
    this.restyle(this.drawn);
    this.features.restore();
  }
}

function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
