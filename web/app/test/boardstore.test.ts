import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

// What the stores ask of a browser while they are read, a stream that says what it is told to, and a server
// that says which revision it is at, or nothing for now.
const streams: EventTarget[] = [];
const page = new EventTarget();
Object.assign(page, { visibilityState: 'visible' });
Object.assign(globalThis, {
  location: { href: 'http://host/board', origin: 'http://host', pathname: '/board', search: '', hash: '' },
  localStorage: { getItem: () => null, setItem: () => {} },
  matchMedia: () => ({ matches: false, addEventListener: () => {} }),
  document: page,
  EventSource: class extends EventTarget {
    readyState = 1;
    constructor() {
      super();
      streams.push(this);
    }
    close(): void {}
  },
});
Object.defineProperty(globalThis, 'navigator', { value: { language: 'zh-CN' }, configurable: true });

let revision = 1;
let day = '2026-11-23';
let slow: Promise<void> | null = null;
const asked: string[] = [];
globalThis.fetch = async (to, init) => {
  asked.push(String(to));
  if (slow) await slow;
  init?.signal?.throwIfAborted();
  return new Response(JSON.stringify({ revision, day, past: false }), {
    headers: { 'Content-Type': 'application/json' },
  });
};
// 23:58 in the district.
mock.timers.enable({
  apis: ['setTimeout', 'setInterval', 'Date'],
  now: Date.parse('2026-11-23T15:58:00Z'),
});

const { headline, startBoard } = await import('../src/board/store.ts');

/** Lets all that waits for an answer go on. */
async function answers(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
}

/** Lets the clock run on by steps, with what each of them sets off. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 100) {
    mock.timers.tick(100);
    await answers();
  }
}

const change = () => {
  revision++;
  streams[0]?.dispatchEvent(
    new MessageEvent('change', { data: JSON.stringify({ revision, changes: [], tiles: [] }) }),
  );
};

/** Ten changes a second, for so many seconds. */
async function changes(seconds: number): Promise<void> {
  for (let i = 0; i < seconds * 10; i++) {
    change();
    await pass(100);
  }
}

const times = () => asked.filter((to) => to === '/api/board').length;

test('the board keeps up with changes that do not stop, and with the day', async () => {
  const end = startBoard();
  await answers();
  assert.equal(headline.value.value?.revision, 1);
  await changes(5);
  assert.ok((headline.value.value?.revision ?? 0) >= revision - 21, 'at most two seconds behind');
  await pass(1000);
  assert.equal(headline.value.value?.revision, revision);

  // An answer that takes longer than the changes let it wait comes all the same, and is followed by the next.
  let go = () => {};
  slow = new Promise((done) => {
    go = done;
  });
  const before = headline.value.value?.revision;
  await changes(6);
  assert.equal(headline.value.value?.revision, before);
  go();
  slow = null;
  await answers();
  assert.equal(headline.value.value?.revision, revision);
  await pass(1000);

  // Nothing changes, and the day ends.
  const n = times();
  await pass(30_000);
  assert.equal(times(), n, 'before midnight there is nothing to read');
  day = '2026-11-24';
  await pass(3 * 60_000);
  assert.equal(headline.value.value?.day, day);
  const m = times();
  await pass(3 * 60_000);
  assert.equal(times(), m, 'it is read once, not once a minute');

  // A page that was not seen for a while.
  Object.assign(page, { visibilityState: 'hidden' });
  page.dispatchEvent(new Event('visibilitychange'));
  await pass(1000);
  assert.equal(times(), m);
  Object.assign(page, { visibilityState: 'visible' });
  page.dispatchEvent(new Event('visibilitychange'));
  await pass(1000);
  assert.equal(times(), m + 1);
  end();
});
