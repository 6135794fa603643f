import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { EventLine } from '../src/eventstream.ts';

// What the stores ask of a browser while they are read.
Object.assign(globalThis, {
  location: { href: 'http://host/map', origin: 'http://host', pathname: '/map', search: '', hash: '' },
  localStorage: { getItem: () => null, setItem: () => {} },
  matchMedia: () => ({ matches: false, addEventListener: () => {} }),
});
Object.defineProperty(globalThis, 'navigator', { value: { language: 'zh-CN' }, configurable: true });
// Lists and figures are read again a while after a change; that is not looked at here.
mock.timers.enable({ apis: ['setTimeout'] });

const { connectMap, revision, startLive } = await import('../src/store/live.ts');

class Line extends EventTarget implements EventLine {
  readyState = 1;
  close(): void {}
  say(type: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

/** A map that remembers what it was told. */
function mapAt(first: number) {
  const told: string[] = [];
  let at = first;
  return {
    told,
    revision: () => at,
    apply: (e: { revision: number; tiles: readonly string[] }) => {
      at = e.revision;
      told.push(`apply ${e.revision} ${e.tiles}`);
    },
    reload: (to: number) => {
      at = to;
      told.push(`reload ${to}`);
    },
  };
}

const line = new Line();
startLive(() => line);
const change = (at: number, tile: string) => line.say('change', { revision: at, changes: [], tiles: [tile] });

test('a map that connects after changes were told reads again; one that is as new does not', () => {
  line.say('hello', { revision: 10 });
  change(11, '5/1/2');
  const late = mapAt(10);
  const leave = connectMap(late);
  assert.deepEqual(late.told, ['reload 11']);
  const fresh = mapAt(11);
  const leaveToo = connectMap(fresh);
  assert.deepEqual(fresh.told, []);
  leave();
  leaveToo();
});

test('every connected map is told of a change, each once, with the tiles; one that has left is not', () => {
  const [one, two] = [mapAt(11), mapAt(11)];
  const leave = connectMap(one);
  const leaveToo = connectMap(two);
  change(12, '5/1/2');
  leave();
  change(13, '5/1/3');
  leaveToo();
  change(14, '5/1/4');
  assert.deepEqual(one.told, ['apply 12 5/1/2']);
  assert.deepEqual(two.told, ['apply 12 5/1/2', 'apply 13 5/1/3']);
  assert.equal(revision.value, 14);
});

test('a stream that begins anew has every map read again that is not where the server is', () => {
  const [one, two] = [mapAt(14), mapAt(14)];
  const ends = [connectMap(one), connectMap(two)];
  line.say('reload', { revision: 20 });
  assert.deepEqual([one.told, two.told], [['reload 20'], ['reload 20']]);
  // The oldest of what is shown counts: the second has missed something.
  const behind = mapAt(20);
  ends.push(connectMap(behind));
  behind.apply({ revision: 19, tiles: [] });
  const again = new Line();
  startLive(() => again);
  again.say('hello', { revision: 20 });
  assert.deepEqual(behind.told.slice(1), ['reload 20']);
  for (const end of ends) end();
});
