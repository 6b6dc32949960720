// Section 9, part operations: what no vector shows by itself.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { hex } from '../lib/bytes.mjs';
import { atMillis } from '../lib/clock.mjs';
import { compoundsInOrder, droppedInOrder, partsInOrder, shownValues, topValue } from '../lib/compound.mjs';
import { visibleDigest } from '../lib/digest.mjs';
import { shownCells } from '../lib/json.mjs';
import { isVisible, losersInOrder, State } from '../lib/merge.mjs';
import { ADD, APPEND, ASSIGN, COLLAPSE, COUNT, DISCARD, PATCH, PUT, REMOVE } from '../lib/payload.mjs';
import { valueHash } from '../lib/value.mjs';
import { randomOf } from '../vectors/hostile.mjs';

const RULES = { cutOffMillis: 1000n, reviewWindowMillis: 1_000_000n };
const [A, B, C] = [1, 2, 3].map((n) => Buffer.alloc(32, n));

/** One row `k` of a table `t`, to which events come in files of one each. */
class Story {
  state = new State();
  #sequence = 0n;

  /** An event at `millis`, in a file that arrives then, or where it says so. */
  take(kind, device, millis, { value, seen = 0, arrives = millis, time = atMillis(millis) } = {}) {
    const cells = value === undefined ? new Map() : new Map([['c', value]]);
    const event = { kind, table: 't', key: 'k', time, cells, seenSequence: BigInt(seen) };
    this.state.take([event], { device, sequence: ++this.#sequence, serverTimeMillis: BigInt(arrives) }, RULES);
    return this;
  }

  get row() {
    return this.state.row('t', 'k');
  }

  get shown() {
    return compoundsInOrder(this.row).flatMap(shownValues);
  }

  get dropped() {
    return compoundsInOrder(this.row).flatMap(droppedInOrder).map(({ time }) => time >> 16n);
  }

  get losers() {
    return losersInOrder(this.state.losers.get('t')).map(({ column, time, reason, value }) => [column, Number(time >> 16n), reason, value]);
  }
}

/** A row that was removed at 20 and began anew with time 2000, though the mesh's clock is behind that. */
const begunAnew = (kind = ADD) =>
  new Story().take(PUT, A, 1).take(REMOVE, B, 20, { seen: 1 }).take(kind, C, 2000, { value: 'new', arrives: 1000 });

test('what is older than the beginning of a new row loses, each operation in its way, and touches nothing', () => {
  const story = begunAnew(PATCH);
  story.take(COUNT, A, 11, { value: 5n, arrives: 1001 }).take(COUNT, A, 12, { value: 1n, arrives: 1002 });
  assert.deepEqual(story.losers, [['c', 12, 'REMOVAL', 1n]]);
  story.take(ADD, A, 13, { value: 'b', arrives: 1003 }).take(APPEND, A, 14, { value: Buffer.of(1), arrives: 1004 });
  story.take(COLLAPSE, A, 15, { value: Buffer.of(2), arrives: 1005 }).take(DISCARD, A, 16, { value: 'b', arrives: 1006 });
  assert.deepEqual(story.losers, [
    ['c', 12, 'REMOVAL', 1n], ['c', 13, 'REMOVAL', 'b'], ['c', 14, 'REMOVAL', Buffer.of(1)], ['c', 15, 'REMOVAL', Buffer.of(2)],
  ]);
  assert.equal(story.row.touch, undefined);
  assert.equal(story.row.compounds.size, 0);
});

test('a new row forgets what was dropped, and its touch', () => {
  const story = new Story().take(ADD, A, 1, { value: 'x' }).take(DISCARD, A, 2, { value: 'x' }).take(REMOVE, B, 20, { seen: 2 });
  assert.deepEqual(story.dropped, [1n]);
  story.take(PUT, C, 2000);
  assert.deepEqual([story.row.touch, story.row.compounds.size], [undefined, 0]);
});

test('in a hidden row an assign or a count goes on from its losers, and others leave them', () => {
  const story = new Story().take(PUT, B, 1).take(REMOVE, B, 20);
  story.take(ADD, A, 10, { value: 'w' }).take(ADD, A, 11, { value: 'x' });
  assert.deepEqual(story.losers, [['c', 10, 'REMOVAL', 'w'], ['c', 11, 'REMOVAL', 'x']]);
  story.take(ASSIGN, A, 12, { value: 'y' }).take(ASSIGN, A, 13, { value: 'z' });
  assert.deepEqual(story.losers.map(([, time]) => time), [10, 11, 13]);
  assert.equal(isVisible(story.row), false);
});

test('an add or a discard takes away equal values that its author had seen, and only those', () => {
  const story = new Story().take(ADD, A, 1, { value: 'x' }).take(ADD, B, 2, { value: 'x' }).take(ADD, C, 3, { value: 'y', seen: 2 });
  story.take(ADD, C, 4, { value: 'x', seen: 1 });
  assert.deepEqual([story.shown, story.dropped], [['x', 'y'], [1n]]);
  story.take(DISCARD, A, 5, { value: 'x', seen: 4 });
  assert.deepEqual([story.shown, story.dropped], [['y'], [1n, 2n, 4n]]);
});

test('updates stay side by side, of one device too', () => {
  const story = new Story().take(APPEND, A, 1, { value: Buffer.of(2) }).take(APPEND, A, 2, { value: Buffer.of(1) });
  assert.deepEqual([story.shown, story.dropped], [[Buffer.of(1), Buffer.of(2)], []]);
});

test('an event that comes twice is one part, and loses when it was dropped', () => {
  const story = new Story().take(ASSIGN, A, 1, { value: 'x' }).take(ASSIGN, A, 1, { value: 'x' });
  assert.deepEqual([story.shown, story.losers], [['x'], []]);
  story.take(ASSIGN, B, 2, { value: 'y', seen: 1 }).take(ASSIGN, A, 1, { value: 'x' });
  assert.deepEqual([story.shown, story.losers], [['y'], [['c', 1, 'VALUE', 'x']]]);
});

test('two values that a device assigned at one time stay side by side, whichever comes first', () => {
  for (const [first, second] of [['x', 'y'], ['y', 'x']]) {
    const story = new Story().take(ASSIGN, A, 1, { value: first }).take(ASSIGN, A, 1, { value: second });
    assert.deepEqual([story.shown, story.dropped], [['x', 'y'], []]);
    const higher = Buffer.compare(valueHash('x'), valueHash('y')) > 0 ? 'x' : 'y';
    assert.equal(topValue(compoundsInOrder(story.row)[0]), higher);
    story.take(REMOVE, B, 2);
    assert.deepEqual(story.losers, [['c', 1, 'REMOVAL', higher]]);
  }
});

test('a cell has at most 4,096 parts; one that takes another one away has its place', () => {
  const story = new Story().take(ADD, A, 1, { value: 0n });
  const [cell] = compoundsInOrder(story.row);
  for (let i = 1n; i < 4095n; i++) cell.parts.push({ ...cell.parts[0], value: i });
  story.take(ADD, B, 2, { value: 'last' });
  assert.deepEqual([story.shown.length, story.losers], [4096, []]);
  story.take(ADD, B, 3, { value: 'more' });
  assert.deepEqual([story.shown.length, story.losers], [4096, [['c', 3, 'VALUE', 'more']]]);
  story.take(ADD, B, 4, { value: 'last' }).take(ADD, B, 4, { value: 'last' });
  assert.deepEqual([story.shown.length, story.losers], [4096, [['c', 3, 'VALUE', 'more']]]);
});

test('a cell has at most 8 MiB of values', () => {
  const story = new Story().take(APPEND, A, 1, { value: Buffer.alloc(5 << 20) });
  story.take(APPEND, A, 2, { value: Buffer.alloc(3 << 20) }).take(APPEND, A, 3, { value: Buffer.alloc(1 << 20) });
  assert.deepEqual([story.shown.length, story.losers.map(([, time]) => time)], [2, [2]]);
});

test('a counter stays within 64 bits, in whatever order it is added up', () => {
  const most = 2n ** 63n - 1n;
  const counted = (...counts) =>
    counts.reduce((story, value, i) => story.take(COUNT, Buffer.alloc(32, i + 1), i + 1, { value }), new Story()).shown;
  assert.deepEqual(counted(most, 1n), [most]);
  assert.deepEqual(counted(most, most, -most), [most]);
  assert.deepEqual(counted(-most, -5n), [-most - 1n]);
});

test('a count goes on from what its device had lost, and a late one does not', () => {
  const story = new Story().take(COUNT, A, 1, { value: 1n, arrives: 2000 }).take(COUNT, A, 2, { value: 2n, arrives: 2000 });
  assert.deepEqual(story.losers, [['c', 1, 'LATE', 1n], ['c', 2, 'LATE', 2n]]);
  assert.equal(story.row, undefined);
  story.take(COUNT, A, 2001, { value: 3n });
  assert.deepEqual([story.shown, story.losers], [[3n], []]);
});

test('what is refused goes on from what its device had lost in the column, and a good assign does not', () => {
  const story = new Story().take(ASSIGN, A, 1, { value: 'late', arrives: 2000 });
  story.take(ASSIGN, A, 1500, { value: 'x' }).take(ASSIGN, B, 1600, { value: 'y', seen: 2 });
  assert.deepEqual(story.losers, [['c', 1, 'LATE', 'late']]);
  story.take(ASSIGN, A, 1500, { value: 'x' });
  assert.deepEqual(story.losers, [['c', 1500, 'VALUE', 'x']]);
});

test('a removal makes losers of parts that its author had not seen, and of the marker of a row without any', () => {
  const story = new Story().take(PUT, A, 1).take(ADD, A, 2, { value: 'x' }).take(REMOVE, B, 3);
  assert.deepEqual(story.losers, [['c', 2, 'REMOVAL', 'x']]);
  const empty = new Story().take(PUT, A, 1).take(ADD, A, 2, { value: 'x' }).take(DISCARD, A, 3, { value: 'x' }).take(REMOVE, B, 4);
  assert.deepEqual(empty.losers, [['', 1, 'REMOVAL', null]]);
});

test('an own assign that is not sent takes away only what its author had seen', () => {
  const story = new Story().take(ASSIGN, B, 1, { value: 'seen' }).take(ASSIGN, C, 2, { value: 'not seen' });
  const event = { kind: ASSIGN, table: 't', key: 'k', time: atMillis(3), cells: new Map([['c', 'mine']]), seenSequence: 1n };
  const view = story.state.copy();
  view.show(event, A, RULES.cutOffMillis);
  assert.deepEqual(compoundsInOrder(view.row('t', 'k')).flatMap(shownValues), ['mine', 'not seen']);
  assert.deepEqual(story.shown, ['not seen', 'seen']);
});

test('a row shows a register before a compound cell of its name, and one that is null after it', () => {
  const story = new Story().take(PATCH, A, 1, { value: null }).take(ADD, A, 2, { value: 'x' });
  assert.deepEqual(shownCells(story.row), [['c', ['x']]]);
  story.take(COUNT, A, 3, { value: 7n });
  assert.deepEqual(shownCells(story.row), [['c', 7n]]);
  story.take(PATCH, A, 4, { value: 'register' });
  assert.deepEqual(shownCells(story.row), [['c', 'register']]);
});

// The order of the log

const KINDS = [PATCH, REMOVE, ASSIGN, COUNT, ADD, DISCARD, APPEND, COLLAPSE];

function anyValue(kind, random) {
  const n = Math.floor(random() * 3);
  if (kind === REMOVE) return undefined;
  if (kind === COUNT) return BigInt(n);
  return kind === APPEND || kind === COLLAPSE ? Buffer.of(n) : ['x', 'y', 'z'][n];
}

/** Files of one event each, by devices that have seen some of the log and write above all of that. */
function anyLog(random) {
  const log = [];
  const seenBy = new Map();
  for (let i = 0; i < 12; i++) {
    const device = [A, B, C][Math.floor(random() * 3)];
    const seen = Math.max(seenBy.get(device) ?? 0, Math.floor(random() * (i + 1)));
    seenBy.set(device, seen);
    const above = log.filter((it, at) => at < seen || it.device === device).map(({ millis }) => millis);
    const millis = Math.max(0, ...above) + 1 + Math.floor(random() * 3);
    const kind = KINDS[Math.floor(random() * KINDS.length)];
    log.push({ kind, device, millis, seen, value: anyValue(kind, random) });
  }
  return log;
}

/** Whether two neighbours may change places without a change of what anybody had seen. */
const mayChange = (log, at) =>
  log[at].device !== log[at + 1].device && log[at + 1].seen <= at && log.slice(at + 2).every(({ seen }) => seen !== at + 1);

const stateOf = (log) => log.reduce((story, { kind, device, millis, ...more }) => story.take(kind, device, millis, { ...more, arrives: 1 }), new Story());

function withoutLosers({ state, row }) {
  const cells = compoundsInOrder(row).map((it) => [it.kind, partsInOrder(it).map(({ sequence, ...part }) => part), droppedInOrder(it)]);
  const touch = row.touch && [row.touch.time, hex(row.touch.device)];
  return [hex(visibleDigest(state)), touch, cells];
}

test('parts do not depend on the order of the log, as long as what an author had seen stands before', (t) => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  t.diagnostic(`SEED=${seed}`);
  const random = randomOf(seed);
  let changed = 0;
  for (let i = 0; i < 500; i++) {
    const log = anyLog(random);
    for (let at = 0; at < log.length - 1; at++) {
      if (!mayChange(log, at)) continue;
      const other = [...log.slice(0, at), log[at + 1], log[at], ...log.slice(at + 2)];
      assert.deepEqual(withoutLosers(stateOf(other)), withoutLosers(stateOf(log)));
      changed++;
    }
  }
  assert.ok(changed > 1000);
});
