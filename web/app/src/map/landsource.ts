import { addProtocol } from 'maplibre-gl';
import { Problem } from '../api.ts';
import { archiveListed } from '../archive.ts';
import { MAP_MAX_ZOOM, MAP_MIN_ZOOM } from '../catalogue.gen.ts';
import { archive, archiveAsked } from '../store/archive.ts';
import { api, tileset } from '../store/server.ts';
import { TileVersions } from './tileversions.ts';
import { mapWords } from './words.ts';

const PROTOCOL = 'pmtiles';

/** Where the land's tiles come from, and at which revision each is to be asked for. */
export interface LandSource {
  /** Absolute URL templates. */
  readonly tiles: readonly string[];
  /** The first and the last zoom that there are tiles of. */
  readonly zooms: readonly [number, number];
  readonly versions: TileVersions;
}

/**
 * The tiles of the archive that the link names, else those of the reader's audience. It is the one
 * place that says where land is drawn from. Throws a problem where there is no such archive.
 */
export async function landSource(signal: AbortSignal): Promise<LandSource> {
  const name = archiveAsked.peek();
  archive.value = null;
  return name === null ? liveSource(signal) : archiveSource(name, signal);
}

async function liveSource(signal: AbortSignal): Promise<LandSource> {
  const said = await api.tileJson(tileset.peek(), signal);
  const templates = said.tiles.map(absolute);
  return {
    tiles: templates.map((t) => t.replace(/\?.*$/, '')),
    zooms: [MAP_MIN_ZOOM, MAP_MAX_ZOOM],
    versions: new TileVersions(said.revision ?? versionIn(templates[0])),
  };
}

async function archiveSource(name: string, signal: AbortSignal): Promise<LandSource> {
  const found = await archiveListed(() => api.archives(signal), name);
  if (!found) throw new Problem(404, mapWords.peek().archive.unknown(name));
  const { archiveProtocol } = await import('./archivetiles.ts');
  const href = new URL(found.url, location.origin).href;
  addProtocol(PROTOCOL, archiveProtocol(href));
  archive.value = found;
  return {
    tiles: [`${PROTOCOL}://${href}/{z}/{x}/{y}`],
    zooms: [found.minzoom, found.maxzoom],
    // No change reaches a file.
    versions: new TileVersions(0),
  };
}

// Braces of a template must stay as they are.
function absolute(template: string): string {
  return new URL(template, location.origin).href.replaceAll('%7B', '{').replaceAll('%7D', '}');
}

function versionIn(template: string | undefined): number {
  return Number(/[?&]v=(\d+)/.exec(template ?? '')?.[1] ?? 0);
}
