// Reads a PMTiles archive with the package that browsers use. Asked for tiles as
// lines z/x/y on its input, it answers each with the SHA-256 of the unpacked tile,
// or "-" where the archive has none; the first line is the header and the metadata
// as JSON (cmd/tengdi/archive_test.go compares both).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { PMTiles } from 'pmtiles';

const path = process.argv[2];
assert.ok(path, 'usage: node readarchive.mjs FILE < tiles');
const file = openSync(path, 'r');

const archive = new PMTiles({
  getKey: () => path,
  async getBytes(offset, length) {
    const data = new Uint8Array(length);
    const n = readSync(file, data, 0, length, offset);
    return { data: data.buffer.slice(0, n) };
  },
});

const lines = [JSON.stringify({ header: await archive.getHeader(), metadata: await archive.getMetadata() })];
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [z, x, y] = line.split('/').map(Number);
  const tile = await archive.getZxy(z, x, y);
  lines.push(tile ? createHash('sha256').update(new Uint8Array(tile.data)).digest('hex') : '-');
}
closeSync(file);
console.log(lines.join('\n'));
