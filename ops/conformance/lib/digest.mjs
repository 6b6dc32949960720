// Section 11: two digests of a state that show nothing of it.
import { ascii, compare, concat, u32, u64, utf8 } from './bytes.mjs';
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

const data = (bytes) => concat(u32(bytes.length), bytes);
const text = (it) => data(utf8(it));
const value = (it) => data(canonical(it));
const stamp = ({ time, device }) => concat(u64(time), device);

const inOrder = (map) => [...map].sort(([a], [b]) => compare(utf8(a), utf8(b)));

export const visibleDigest = (state) => sha256(visibleEncoding(state));

export const mergeDigest = (state) => sha256(mergeEncoding(state));

export function visibleEncoding(state) {
  const parts = [];
  for (const [name, rows] of inOrder(state.tables)) {
    const visible = inOrder(rows).filter(([, row]) => isVisible(row));
    if (visible.length === 0 || /^sealift_/i.test(name)) continue;
    parts.push(TABLE, text(name), ...visible.flatMap(([key, { cells }]) => [ROW, text(key), ...shown(cells)]));
  }
  return concat(ascii('sealift.v1 visible state\0'), ...parts, END);
}

const shown = (cells) =>
  inOrder(cells).filter(([, cell]) => cell.value !== null).map(([name, cell]) => concat(CELL, text(name), value(cell.value)));

export function mergeEncoding(state) {
  const parts = [];
  for (const [name, rows] of inOrder(mergedTables(state))) {
    parts.push(TABLE, text(name), ...inOrder(rows).flatMap(([key, row]) => [ROW, text(key), ...merged(row)]));
    parts.push(...losersInOrder(state.losers.get(name)).map(lost));
  }
  return concat(ascii('sealift.v1 merge state\0'), ...parts, END);
}

/** Tables of which something was written, or lost. */
export const mergedTables = ({ tables, losers }) => new Map([...[...losers.keys()].map((name) => [name, new Map()]), ...tables]);

const lost = ({ key, column, reason, value: it, ...loser }) =>
  concat(LOSER, text(key), text(column), stamp(loser), text(reason), value(it));

function merged({ marker, removal, cells }) {
  return [
    ...(marker ? [MARKER, stamp(marker)] : []),
    ...(removal ? [REMOVAL, stamp(removal)] : []),
    ...inOrder(cells).map(([name, cell]) => concat(CELL, text(name), stamp(cell), value(cell.value))),
  ];
}
