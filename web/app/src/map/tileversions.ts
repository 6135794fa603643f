export interface TileId {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

const TILE_PATH = /\/tiles\/[a-z]+\/(\d{1,2})\/(\d{1,8})\/(\d{1,8})\.mvt$/;

/** How many touched tiles are remembered one by one. */
export const MOST_TOUCHED = 20_000;

/**
 * Which revision each tile is to be asked for at. A tile that no change has
 * touched keeps the URL it had, and with it its place in the browser's cache.
 */
export class TileVersions {
  private readonly touched = new Map<string, number>();
  private readonly asked = new Map<string, number>();
  private base: number;
  private newest = 0;

  constructor(revision: number) {
    this.base = revision;
  }

  /** The newest revision that it knows of. */
  revision(): number {
    return Math.max(this.base, this.newest);
  }

  /** Notes that tiles changed at a revision. */
  touch(revision: number, tiles: readonly TileId[]): void {
    this.newest = Math.max(this.newest, revision);
    for (const t of tiles) this.touched.set(key(t), revision);
    // Past that, asking for every tile anew is cheaper than to remember.
    if (this.touched.size > MOST_TOUCHED) this.touchAll(this.newest);
  }

  /** Notes that any tile may have changed. */
  touchAll(revision: number): void {
    this.base = Math.max(this.base, revision);
    this.touched.clear();
  }

  /** Adds the version to the URL of one of our own tiles, and remembers it; any other URL stays. */
  stamp(url: string): string {
    const id = tileOf(url);
    if (id) this.asked.set(key(id), this.wanted(id));
    return this.stamped(url);
  }

  /** Adds the version to the URL of one of our own tiles, for another map than the one that is kept up. */
  stamped(url: string): string {
    const id = tileOf(url);
    if (!id) return url;
    const at = new URL(url);
    at.searchParams.set('v', String(this.wanted(id)));
    return at.href;
  }

  /** Whether a tile that has come in was asked for before its last change. */
  late(id: TileId): boolean {
    const asked = this.asked.get(key(id));
    return asked !== undefined && asked < this.wanted(id);
  }

  private wanted(id: TileId): number {
    return Math.max(this.base, this.touched.get(key(id)) ?? 0);
  }
}

function tileOf(url: string): TileId | null {
  const parts = TILE_PATH.exec(new URL(url).pathname);
  return parts ? { z: Number(parts[1]), x: Number(parts[2]), y: Number(parts[3]) } : null;
}

/** Reads "z/x/y"; null for anything else. */
export function parseTile(text: string): TileId | null {
  const parts = /^(\d{1,2})\/(\d{1,8})\/(\d{1,8})$/.exec(text);
  return parts ? { z: Number(parts[1]), x: Number(parts[2]), y: Number(parts[3]) } : null;
}

function key(t: TileId): string {
  return `${t.z}/${t.x}/${t.y}`;
}
