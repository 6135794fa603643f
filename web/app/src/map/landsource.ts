import { api, tileset } from '../store/server.ts';
import { TileVersions } from './tileversions.ts';

/** Where the land's tiles come from, and at which revision each is to be asked for. */
export interface LandSource {
  /** Absolute URL templates. */
  readonly tiles: readonly string[];
  readonly versions: TileVersions;
}

/** The tiles of the reader's audience. It is the one place that says where land is drawn from. */
export async function landSource(signal: AbortSignal): Promise<LandSource> {
  const said = await api.tileJson(tileset.peek(), signal);
  const templates = said.tiles.map(absolute);
  return {
    tiles: templates.map((t) => t.replace(/\?.*$/, '')),
    versions: new TileVersions(said.revision ?? versionIn(templates[0])),
  };
}

// Braces of a template must stay as they are.
function absolute(template: string): string {
  return new URL(template, location.origin).href.replaceAll('%7B', '{').replaceAll('%7D', '}');
}

function versionIn(template: string | undefined): number {
  return Number(/[?&]v=(\d+)/.exec(template ?? '')?.[1] ?? 0);
}
