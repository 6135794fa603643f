import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { settled } from '../src/settle.ts';

test('what is asked for without end is done all the same, and once where it is asked for once', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  const done: number[] = [];
  const s = settled(() => done.push(Date.now()), 250, 2000);
  s.ask();
  mock.timers.tick(250);
  assert.deepEqual(done, [1250]);
  // Ten times a second, for seven seconds.
  for (let i = 0; i < 70; i++) {
    s.ask();
    mock.timers.tick(100);
  }
  assert.equal(done.length, 4, `${done}`);
  const waits = done.slice(1).map((at, i) => at - (i === 0 ? 1250 : (done[i] ?? 0)));
  assert.ok(
    waits.every((ms) => ms <= 2100),
    `${waits}`,
  );
  mock.timers.tick(10_000);
  assert.equal(done.length, 5, 'the last one is not lost');
  s.ask();
  s.stop();
  mock.timers.tick(10_000);
  assert.equal(done.length, 5);
  s.ask();
  mock.timers.tick(250);
  assert.equal(done.length, 6, 'it can be asked for again after it was stopped');
  mock.timers.reset();
});
