// Section 11: two digests of a state that show nothing of it.
import { ascii, compare, concat, u32, u64, utf8 } from './bytes.mjs';
import { compoundsInOrder, COUNTER, droppedInOrder, MULTI_VALUE, partsInOrder, shownValues, topValue } from './compound.mjs';
import { sha256 } from './ids.mjs';
import { isVisible, losersInOrder } from './merge.mjs';
import { canonical } from './value.mjs';

const END = Buffer.from([0]);
const TABLE = Buffer.from([1]);
const ROW = Buffer.from([2]);
const CELL = Buffer.from([3]);
const MARKER = Buffer.from([4]);
const REMOVAL = Buffer.from([5]);
const LOSER = Buffer.from([6]);
const VALUES = Buffer.from([7]);
const TOUCH = Buffer.from([8]);
const COMPOUND = Buffer.from([9]);

const data = (bytes) => concat(u32(bytes.length), bytes);
const text = (it) => data(utf8(it));
const value = (it) => data(canonical(it));
const event = ({ time, device }) => concat(u64(time), device);
const placedEvent = ({ place, ...it }) => concat(u64(place), event(it));

const inOrder = (map) => [...map].sort(([a], [b]) => compare(utf8(a), utf8(b)));

export const visibleDigest = (state) => sha256(visibleEncoding(state));

export const mergeDigest = (state) => sha256(mergeEncoding(state));

export function visibleEncoding(state) {
  const parts = [];
  for (const [name, rows] of inOrder(state.tables)) {
    const visible = inOrder(rows).filter(([, row]) => isVisible(row));
    if (visible.length === 0 || /^sealift_/i.test(name)) continue;
    parts.push(TABLE, text(name), ...visible.flatMap(([key, row]) => [ROW, text(key), ...cellsInOrder(row, shownRegister, shownCompound)]));
  }
  return concat(ascii('sealift.v1 visible state\0'), ...parts, END);
}

/** The cells of a row, by column; of one column the register, then the compound cells by kind. */
function cellsInOrder(row, ofRegister, ofCompound) {
  const compounds = compoundsInOrder(row);
  const columns = new Map([...row.cells.keys(), ...compounds.map(({ column }) => column)].map((column) => [column, []]));
  for (const [column, cell] of row.cells) columns.get(column).push(...ofRegister(column, cell));
  for (const cell of compounds) columns.get(cell.column).push(...ofCompound(cell));
  return inOrder(columns).flatMap(([, encoded]) => encoded);
}

const shownRegister = (column, cell) => (cell.value === null ? [] : [CELL, text(column), value(cell.value)]);

function shownCompound(cell) {
  const { kind, column } = cell;
  const shown = shownValues(cell);
  if (shown.length === 0) return [];
  if (kind === COUNTER) return [CELL, text(column), value(shown[0])];
  const list = [VALUES, text(column), u64(shown.length), ...shown.map(value)];
  if (kind !== MULTI_VALUE) return list;
  return [...shownRegister(column, { value: topValue(cell) }), ...(shown.length > 1 ? list : [])];
}

export function mergeEncoding(state) {
  const parts = [];
  const stamp = state.placed ? placedEvent : event;
  for (const [name, rows] of inOrder(mergedTables(state))) {
    parts.push(TABLE, text(name), ...inOrder(rows).flatMap(([key, row]) => [ROW, text(key), ...merged(row, stamp)]));
    parts.push(...losersInOrder(state.losers.get(name)).map(lost));
  }
  return concat(ascii('sealift.v1 merge state\0'), ...parts, END);
}

/** Tables of which something was written, or lost. */
export const mergedTables = ({ tables, losers }) => new Map([...[...losers.keys()].map((name) => [name, new Map()]), ...tables]);

const lost = ({ key, column, reason, value: it, ...loser }) =>
  concat(LOSER, text(key), text(column), event(loser), text(reason), value(it));

function merged(row, stamp) {
  const { marker, removal, touch } = row;
  return [
    ...(marker ? [MARKER, stamp(marker)] : []),
    ...(removal ? [REMOVAL, stamp(removal)] : []),
    ...(touch ? [TOUCH, stamp(touch)] : []),
    ...cellsInOrder(row, (column, cell) => mergedRegister(column, cell, stamp), (cell) => mergedCompound(cell, stamp)),
  ];
}

const mergedRegister = (column, cell, stamp) => [CELL, text(column), stamp(cell), value(cell.value)];

function mergedCompound(cell, stamp) {
  const parts = partsInOrder(cell);
  const dropped = droppedInOrder(cell);
  return [
    COMPOUND, text(cell.column), Buffer.from([cell.kind]),
    u64(parts.length), ...parts.flatMap((part) => [stamp(part), value(part.value)]),
    u64(dropped.length), ...dropped.map(stamp),
  ];
}
