import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { EventLine } from '../src/eventstream.ts';

// What the stores ask of a browser while they are read, and a server that says which revision it is at.
const hash = '#status=parcels:sold';
Object.assign(globalThis, {
  location: { href: `http://host/map${hash}`, origin: 'http://host', pathname: '/map', search: '', hash },
  localStorage: { getItem: () => null, setItem: () => {} },
  matchMedia: () => ({ matches: false, addEventListener: () => {} }),
});
Object.defineProperty(globalThis, 'navigator', { value: { language: 'zh-CN' }, configurable: true });

let revision = 1;
const answerMs = 700; // longer than changes are apart
globalThis.fetch = async (_, init) => {
  const at = revision;
  await new Promise((done) => setTimeout(done, answerMs));
  init?.signal?.throwIfAborted();
  return new Response(JSON.stringify({ revision: at, numberMatched: at, features: [], by: {} }), {
    headers: { 'Content-Type': 'application/json' },
  });
};
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });

const { startLive } = await import('../src/store/live.ts');
const { startMatches, matches } = await import('../src/store/matches.ts');
const { summary } = await import('../src/store/server.ts');

class Line extends EventTarget implements EventLine {
  readyState = 1;
  close(): void {}
  say(type: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

/** Lets the clock run on, with what it sets off. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 100) {
    mock.timers.tick(100);
    for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
  }
}

test('figures and the counts of a filter keep up with changes that do not stop', async () => {
  const line = new Line();
  startLive(() => line);
  startMatches();
  line.say('hello', { revision });
  const counted = () =>
    (matches.value.get('parcels') as { numberMatched?: number } | undefined)?.numberMatched;
  for (let i = 0; i < 60; i++) {
    line.say('change', { revision: ++revision, changes: [], tiles: [] });
    await pass(100);
  }
  assert.ok((summary.value?.revision ?? 0) >= revision - 35, `${summary.value?.revision} of ${revision}`);
  assert.ok((counted() ?? 0) >= revision - 35, `${counted()} of ${revision}`);
  await pass(3000);
  assert.deepEqual([summary.value?.revision, counted()], [revision, revision], 'the last one is not lost');
});
