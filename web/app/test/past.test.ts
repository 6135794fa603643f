import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HISTORY_ABSENT,
  HISTORY_LENGTH,
  HISTORY_LETTERS,
  type MachineName,
  STATUSES,
} from '../src/catalogue.gen.ts';
import { colourOf, MACHINE_OF } from '../src/catalogue.ts';
import { TODAY } from '../src/map/days.ts';
import { hatchImage, inStates, stateNotHidden, statusColour } from '../src/map/expressions.ts';
import { happenedBy, historyState, stateShown, thereThen } from '../src/map/past.ts';
import { evaluate, paint } from './evaluate.ts';

interface Move {
  readonly code: string;
  readonly day: number;
}

/** A thing as its tile tells it, and what it went through. */
interface Story {
  readonly machine: MachineName;
  readonly moves: readonly Move[];
  readonly values: Record<string, unknown>;
}

// A generator of its own: a failure can be run again.
function dice(seed: number): (n: number) => number {
  let s = seed;
  return (n) => {
    s = (Math.imul(s, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((s / 2 ** 32) * n);
  };
}

function fields(machine: MachineName, moves: readonly Move[]): { h: string; t: number[] } {
  const h = moves.map((m) => letterOf(machine, m.code)).join('');
  return { h, t: moves.map((m) => m.day) };
}

// "" is the state of a thing that is not to be seen.
function letterOf(machine: MachineName, code: string): string {
  const i = STATUSES[machine].findIndex((s) => s.code === code);
  return code === '' ? HISTORY_ABSENT : HISTORY_LETTERS[machine].charAt(i);
}

function story(roll: (n: number) => number): Story {
  const machine = Object.values(MACHINE_OF)[roll(4)] ?? 'area';
  const states = STATUSES[machine];
  const moves: Move[] = [];
  let day = 15_000 + roll(2_500);
  for (let i = roll(HISTORY_LENGTH + 1); i > 0; i--) {
    const hidden = i > 0 && roll(8) === 0;
    moves.push({ code: hidden ? '' : (states[roll(states.length)]?.code ?? ''), day });
    day += roll(4) === 0 ? 0 : roll(300);
  }
  const { h, t } = fields(machine, moves);
  const said = Object.fromEntries(t.map((d, i) => [`t${i}`, d]));
  return { machine, moves, values: { status: moves.at(-1)?.code ?? '', h, ...said } };
}

/** The state on a day in the words of the contract: the last move that is not after it. */
function stateOn(moves: readonly Move[], day: number): string {
  return moves.filter((m) => m.day <= day).at(-1)?.code ?? '';
}

const stories = (() => {
  const roll = dice(20_190_315);
  return Array.from({ length: 400 }, () => ({ ...story(roll), days: days(roll) }));
})();

function days(roll: (n: number) => number): number[] {
  return Array.from({ length: 12 }, () => 14_900 + roll(6_500));
}

test('on any day a thing is in the state of its last move until then, and nowhere before the first', () => {
  const seen = new Set<string>();
  for (const { machine, moves, values, days: some } of stories) {
    for (const day of [...some, ...moves.flatMap((m) => [m.day - 1, m.day])]) {
      const want = stateOn(moves, day);
      seen.add(want === '' ? 'absent' : 'present');
      for (const said of ['tile', 'live'] as const) {
        const got = evaluate(stateShown(machine, said), values, {}, 'string', { day });
        assert.equal(got, want, `${machine} ${values.h} ${moves.map((m) => m.day)} on ${day}`);
      }
      assert.equal(evaluate(thereThen(machine), values, {}, 'boolean', { day }), want !== '');
    }
  }
  assert.deepEqual([...seen].sort(), ['absent', 'present']);
});

test('colour, hatch, outline and the legend go by the state of the day', () => {
  for (const { machine, moves, values, days: some } of stories.slice(0, 150)) {
    for (const day of some) {
      const code = stateOn(moves, day);
      const status = STATUSES[machine].find((s) => s.code === code);
      const filter = (f: unknown, hide: string[] = []) =>
        evaluate(f, values, {}, 'boolean', { day, hide }) as boolean;
      assert.equal(filter(inStates(machine, [code || 'none'])), code !== '', code);
      assert.equal(filter(stateNotHidden(machine)), code !== '');
      assert.equal(filter(stateNotHidden(machine), [code]), false);
      if (!status) continue;
      const want = colourOf(status.token, 'dark').toLowerCase();
      assert.equal(paint(statusColour(machine, 'dark'), values, {}, { day }), want, code);
      if (status.hatch === 'none') continue;
      const hatch = evaluate(hatchImage(machine, 'dark'), values, {}, 'string', { day });
      const today = evaluate(hatchImage(machine, 'dark'), { status: code }, {}, 'string');
      assert.equal(hatch, today, code);
    }
  }
});

test('today is drawn by the status, whatever the history says', () => {
  for (const { machine, values } of stories.slice(0, 100)) {
    const code = STATUSES[machine][0]?.code ?? '';
    const got = evaluate(stateShown(machine, 'live'), { ...values, status: code }, {}, 'string', {
      day: TODAY,
    });
    assert.equal(got, code);
  }
});

test('a history that the stream told stands before that of the tile, longer or shorter', () => {
  const roll = dice(7);
  for (const old of stories) {
    const told = story(roll);
    if (told.machine !== old.machine || told.moves.length === 0) continue;
    const { h, t } = fields(told.machine, told.moves);
    const state = { status: told.values.status, gone: false, ...historyState(h, t) };
    for (const day of days(roll)) {
      const got = evaluate(stateShown(old.machine, 'live'), old.values, state, 'string', { day });
      assert.equal(got, stateOn(told.moves, day), `${old.values.h} then ${h} on ${day}`);
    }
    assert.equal(
      evaluate(stateShown(old.machine, 'live'), old.values, state, 'string'),
      told.values.status,
      'and today is what the stream said',
    );
  }
});

test('cleared land is there from its day on', () => {
  const shows = (on: unknown, day: number) =>
    evaluate(happenedBy('on'), { on }, {}, 'boolean', { day }) as boolean;
  assert.equal(shows(17_000, 16_999), false);
  assert.equal(shows(17_000, 17_000), true);
  assert.equal(shows(17_000, TODAY), true);
  assert.equal(shows(undefined, 17_000), false, 'without a day it is of the present');
});

test('every state has a letter of its own', () => {
  for (const [machine, rows] of Object.entries(STATUSES)) {
    const letters = HISTORY_LETTERS[machine as MachineName];
    assert.equal(new Set(letters).size, rows.length, machine);
    assert.ok(!letters.includes(HISTORY_ABSENT), machine);
  }
});
