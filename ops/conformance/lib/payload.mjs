// Section 10: from a plaintext to events and back.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { concat, u32, utf8 } from './bytes.mjs';
import { readColumn, readTexts, writeColumn, writeTexts } from './column.mjs';
import { check, Malformed, TooNew } from './errors.mjs';
import {
  MAX_ALL_EVENTS_BYTES, MAX_BUILDS_ON, MAX_COLUMNS, MAX_EVENT_BYTES, MAX_EVENTS, MAX_KEY_BYTES, MAX_NAME_BYTES,
  MAX_PLAINTEXT_BYTES, MAX_RUNS, MAX_SEQUENCE, MAX_TRANSACTION_EVENTS, MAX_UNPACKED_PAYLOAD_BYTES, MAX_VALUES,
} from './limits.mjs';
import { EventsPayload, RunKind, versionOf } from './messages.mjs';
import { Reader } from './protobuf.mjs';
import { readSeries, series } from './series.mjs';
import { canonical, checkValue, isBytes, isInteger } from './value.mjs';

const VERSION = 2;
/** What is written here has no transactions. */
const WRITTEN_VERSION = 1;
const TRANSACTIONS_VERSION = 2;
export const PUT = RunKind.values.RUN_KIND_PUT;
export const PATCH = RunKind.values.RUN_KIND_PATCH;
export const REMOVE = RunKind.values.RUN_KIND_REMOVE;
export const DISMISS = RunKind.values.RUN_KIND_DISMISS;
export const ASSIGN = RunKind.values.RUN_KIND_ASSIGN;
export const COUNT = RunKind.values.RUN_KIND_COUNT;
export const ADD = RunKind.values.RUN_KIND_ADD;
export const DISCARD = RunKind.values.RUN_KIND_DISCARD;
export const APPEND = RunKind.values.RUN_KIND_APPEND;
export const COLLAPSE = RunKind.values.RUN_KIND_COLLAPSE;
export const GUARD = RunKind.values.RUN_KIND_GUARD;
const GUARD_COLUMNS = ['what', 'column', 'time', 'device'];
const LOSER_COLUMNS = ['column', 'time', 'device'];

const isThere = (value) => value !== null;

/** For each part operation, what its value may be. */
const PART_VALUES = new Map([
  [ASSIGN, () => true], [COUNT, isInteger], [ADD, isThere], [DISCARD, isThere], [APPEND, isBytes], [COLLAPSE, isBytes],
]);

export const isPartOperation = (kind) => PART_VALUES.has(kind);

const NAME = /^[A-Za-z\u{A0}-\u{D7FF}\u{E000}-\u{10FFFF}][A-Za-z0-9_\u{A0}-\u{D7FF}\u{E000}-\u{10FFFF}]*$/u;

/** What a guard says, by its number. */
export const READ_REGISTER = 0n;
export const READ_THERE = 1n;
export const READ_NOT_THERE = 2n;
export const READ_PART = 3n;

/** An event is { kind, table, key, time, cells: Map of column to value, seenSequence, seenFiles: dots, where there are any, transaction: a time, where it is of one, groups: Map of column to a number, where some are in groups }. */
export function unpack(plaintext) {
  return readEvents(unfold(plaintext));
}

export function pack(events) {
  return fold(writeEvents(events));
}

// Plaintext: length, deflated bytes, zeros

export function padme(n) {
  const e = Math.floor(Math.log2(n));
  const s = Math.floor(Math.log2(e)) + 1;
  const step = 2 ** Math.max(0, e - s);
  return Math.ceil(n / step) * step;
}

export function unfold(plaintext) {
  check(plaintext.length >= 4, 'a plaintext cut off');
  const length = plaintext.readUInt32BE();
  check(length <= plaintext.length - 4 && plaintext.length === padme(4 + length), 'not padded as it should be');
  check(plaintext.subarray(4 + length).every((byte) => byte === 0), 'padding that is not zeros');
  return inflate(plaintext.subarray(4, 4 + length));
}

export function fold(bytes) {
  check(bytes.length <= MAX_UNPACKED_PAYLOAD_BYTES, 'more than 16 MiB of events');
  const deflated = deflateRawSync(bytes);
  const plaintext = Buffer.alloc(padme(4 + deflated.length));
  check(plaintext.length <= MAX_PLAINTEXT_BYTES, 'more than one file holds');
  concat(u32(deflated.length), deflated).copy(plaintext);
  return plaintext;
}

function inflate(deflated) {
  let result;
  try {
    result = inflateRawSync(deflated, { maxOutputLength: MAX_UNPACKED_PAYLOAD_BYTES, info: true });
  } catch {
    throw new Malformed('does not inflate within its bounds');
  }
  check(result.engine.bytesWritten === deflated.length, 'bytes after the deflated ones');
  return result.buffer;
}

// EventsPayload

export const readEvents = (bytes) => readRuns(bytes).flatMap(({ events }) => events);

/** The runs of an EventsPayload, each with its events. */
export function readRuns(bytes) {
  const version = versionOf(bytes);
  check(version !== 0, 'version 0');
  if (version > VERSION) throw new TooNew('a payload of a newer version');
  const { runs } = EventsPayload.decode(bytes);
  if (version < TRANSACTIONS_VERSION) runs.forEach((run) => { run.transaction = 0n; }); // an unknown field then
  check(runs.length <= MAX_RUNS, 'too many runs');
  check(sum(runs, (run) => run.rows) <= MAX_EVENTS, 'too many events');
  check(sum(runs, (run) => run.rows * run.columns.length) <= MAX_VALUES, 'too many values');
  const read = runs.map((run) => ({ ...run, events: readRun(run) }));
  check(sum(read, ({ events }) => sum(events, sizeOf)) <= MAX_ALL_EVENTS_BYTES, 'too much in all events together');
  checkTransactions(read);
  return read;
}

/** Each stands together, guards first, under the time of its first event; none is earlier, and there are not too many. */
function checkTransactions(runs) {
  const begun = new Set();
  let count = 0;
  runs.forEach(({ kind, transaction, events }, i) => {
    if (transaction === 0n) return;
    const before = runs[i - 1];
    count = before?.transaction === transaction ? count + events.length : events.length;
    check(count <= MAX_TRANSACTION_EVENTS, 'too many events in a transaction');
    check(events.every(({ time }) => time >= transaction), 'an event earlier than its transaction');
    if (before?.transaction === transaction) {
      check(kind !== GUARD || before.kind === GUARD, 'a guard behind a write of its transaction');
      return;
    }
    check(!begun.has(transaction) && events[0].time === transaction, 'a transaction that is torn, or has another number');
    begun.add(transaction);
  });
}

function readRun(run) {
  checkRun(run);
  const { kind, table, rows, seenSequence, transaction } = run;
  const timesReader = new Reader(run.times);
  const times = readSeries(timesReader, rows);
  check(timesReader.atEnd(), 'bytes after a series');
  check(times.every((time) => time !== 0n), 'a time of 0');
  const keys = readTexts(run.keys, rows);
  keys.forEach(checkKey);
  const columns = run.columns.map(({ name, values }) => [name, readColumn(values, rows)]);
  if (isPartOperation(kind)) check(columns[0][1].every(PART_VALUES.get(kind)), 'a value that a part cannot have');
  const seenFiles = run.seenFiles.length ? { seenFiles: run.seenFiles } : {};
  const grouped = run.columns.some(({ group }) => group) ? { groups: new Map(run.columns.map(({ name, group }) => [name, group])) } : {};
  const events = keys.map((key, i) => ({
    kind, table, key, time: times[i], seenSequence, ...seenFiles, ...(transaction ? { transaction } : {}), ...grouped, cells: new Map(columns.map(([name, values]) => [name, values[i]])),
  }));
  if (kind === GUARD) events.forEach(checkGuard);
  check(events.every((event) => sizeOf(event) <= MAX_EVENT_BYTES), 'too much in one event');
  return events;
}

function checkGuard({ cells }) {
  const [what, column, time, device] = cells.values();
  check([READ_REGISTER, READ_THERE, READ_NOT_THERE, READ_PART].includes(what) && typeof column === 'string', 'no such guard');
  if (what === READ_REGISTER || what === READ_PART) checkName(column);
  else check(column === '', 'a guard of a row, with a column');
  const isNamed = typeof time === 'bigint' && time !== 0n && isBytes(device) && device.length === 32;
  check(isNamed ? column !== '' : time === null && device === null, 'a guard with an event that is none');
}

function checkRun(run) {
  check([PUT, PATCH, REMOVE, DISMISS, GUARD].includes(run.kind) || isPartOperation(run.kind), 'no such kind of run');
  checkName(run.table);
  check(run.seenSequence <= MAX_SEQUENCE, 'seen_sequence');
  check(run.seenFiles.length <= MAX_BUILDS_ON, 'seen_files');
  run.seenFiles.forEach(checkSeenFile);
  check(run.rows >= 1, 'a run without rows');
  check(run.columns.length <= MAX_COLUMNS, 'too many columns');
  const names = run.columns.map(({ name }) => checkName(name));
  check(new Set(names).size === names.length, 'a column named twice');
  check(run.kind !== REMOVE || names.length === 0, 'a removal with columns');
  check(run.kind !== PATCH || names.length > 0, 'a patch without columns');
  check(run.kind !== DISMISS || String(names) === String(LOSER_COLUMNS), 'a dismissal of something else than losers');
  check(run.kind !== GUARD || String(names) === String(GUARD_COLUMNS), 'guards with other columns than they must have');
  check(run.kind !== GUARD || run.transaction !== 0n, 'guards of no transaction');
  const groups = run.columns.map(({ group }) => group);
  check(groups.every((group) => group <= MAX_COLUMNS), 'a group of too high a number');
  check([PUT, PATCH].includes(run.kind) || groups.every((group) => group === 0), 'a group in another event than a put or a patch');
  check(!isPartOperation(run.kind) || names.length === 1, 'a part operation on other than one column');
}

function checkSeenFile({ device, counter, file }) {
  check(device.length === 32 && file.length === 32, 'seen_files');
  check(counter >= 1n && counter <= MAX_SEQUENCE, 'seen_files');
}

export function checkName(name) {
  check(NAME.test(name) && utf8(name).length <= MAX_NAME_BYTES && !/^sqlite_/i.test(name), 'not a name');
  return name;
}

export function checkKey(key) {
  const { length } = utf8(checkValue(key));
  check(length >= 1 && length <= MAX_KEY_BYTES, 'not a key');
  return key;
}

const sizeOf = ({ key, cells }) => utf8(key).length + sum([...cells.values()], (value) => canonical(value).length);

const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);

export function writeEvents(events) {
  return EventsPayload.encode({ version: WRITTEN_VERSION, runs: runsOf(events).map(writeRun) });
}

/** Consecutive events of one kind, table, position and set of columns make a run. */
function runsOf(events) {
  const runs = [];
  let shape;
  for (const event of events) {
    const its = JSON.stringify([event.kind, event.table, String(event.seenSequence), [...event.cells.keys()], [...(event.groups ?? [])]]);
    if (its !== shape) runs.push([]);
    runs.at(-1).push(event);
    shape = its;
  }
  return runs;
}

function writeRun(events) {
  const [{ kind, table, seenSequence, cells, groups = new Map() }] = events;
  return {
    kind,
    table,
    seenSequence,
    rows: events.length,
    times: series(events.map(({ time }) => time)),
    keys: writeTexts(events.map(({ key }) => key)),
    columns: [...cells.keys()].map((name) => ({
      name, group: groups.get(name) ?? 0, values: writeColumn(events.map((event) => event.cells.get(name))),
    })),
  };
}
