import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

class Stream extends EventTarget {
  static all: Stream[] = [];
  readyState = 0;
  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }
  close(): void {
    this.readyState = 2;
  }
  say(type: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
  /** An answer that is no stream ends it for good; a broken line does not. */
  fail(readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

const page = new EventTarget();
Object.assign(globalThis, { EventSource: Stream, addEventListener: page.addEventListener.bind(page) });
mock.timers.enable({ apis: ['setTimeout'] });
const { follow } = await import('../src/listings/line.ts');

const last = () => {
  const s = Stream.all.at(-1);
  assert.ok(s);
  return s;
};

test('the listings come back to the stream, and say when they cannot', () => {
  const told: (string | number)[] = [];
  follow('/live', {
    at: (r) => told.push(r),
    lost: () => told.push('lost'),
    back: () => told.push('back'),
  });
  last().say('hello', { revision: 5 });
  last().say('change', { revision: 6 });
  last().say('reload', {});
  assert.deepEqual(told.splice(0), ['back', 5, 6, Number.POSITIVE_INFINITY]);

  // A short break, after which the browser comes back by itself.
  last().fail(0);
  mock.timers.tick(1000);
  last().say('hello', { revision: 6 });
  mock.timers.tick(10_000);
  assert.deepEqual([told.splice(0), Stream.all.length], [['back', 6], 1]);

  // Too many at once, for a minute: asked again with growing waits.
  last().fail(2);
  const asked: number[] = [];
  for (let s = 1; s <= 60; s++) {
    const n = Stream.all.length;
    mock.timers.tick(1000);
    if (Stream.all.length > n) {
      asked.push(s);
      last().fail(2);
    }
  }
  assert.deepEqual(asked, [1, 3, 7, 15, 31]);
  assert.deepEqual(told.splice(0), ['lost']);
  mock.timers.tick(1000);
  last().say('hello', { revision: 7 });
  assert.deepEqual(told.splice(0), ['back', 7]);

  // Put away and shown again: what was missed is heard of.
  const before = Stream.all.length;
  page.dispatchEvent(new Event('pagehide'));
  assert.equal(last().readyState, 2);
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  assert.equal(Stream.all.length, before);
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  assert.equal(Stream.all.length, before + 1);
  last().say('hello', { revision: 9 });
  assert.deepEqual(told, ['back', 9]);
});
