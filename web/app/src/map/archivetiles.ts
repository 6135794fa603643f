// A chunk of its own: only who asks for an archive loads what reads one.
import type { AddProtocolAction } from 'maplibre-gl';
import { FetchSource, PMTiles } from 'pmtiles';
import { framed } from '../store/framed.ts';

/** Reads the tiles of a PMTiles file by ranges, for URLs that end in z/x/y. A tile that it lacks is empty. */
export function archiveProtocol(href: string): AddProtocolAction {
  const file = new PMTiles(sourceOf(href));
  return async ({ url }, abort) => {
    const [z, x, y] = url.split('/').slice(-3).map(Number) as [number, number, number];
    const tile = await file.getZxy(z, x, y, abort.signal);
    return { data: tile?.data ?? new ArrayBuffer(0) };
  };
}

// No cookie goes with what a map in a frame asks for.
function sourceOf(href: string): FetchSource {
  const source = new FetchSource(href);
  if (framed) Object.assign(source, { credentials: 'omit' satisfies RequestCredentials });
  return source;
}
