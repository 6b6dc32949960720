// Section 9, part operations: cells that have many parts, and what they show.
import { compare, equal, hex, utf8 } from './bytes.mjs';
import { MAX_PART_BYTES, MAX_PARTS } from './limits.mjs';
import { ADD, APPEND, ASSIGN, COLLAPSE, COUNT, DISCARD } from './payload.mjs';
import { compareRanks, compareStamps, isOneEvent, sameValue } from './rank.mjs';
import { canonical } from './value.mjs';

export const MULTI_VALUE = 1;
export const COUNTER = 2;
export const SET = 3;
export const UPDATES = 4;

/** Their names, as a schema has them. */
export const KIND_NAMES = new Map([[MULTI_VALUE, 'MULTI_VALUE'], [COUNTER, 'COUNTER'], [SET, 'SET'], [UPDATES, 'UPDATES']]);

const MAX_COUNTED = (1n << 63n) - 1n;

const any = () => true;
const ofOneDevice = (a, b) => equal(a.device, b.device);
const ofOneValue = (a, b) => sameValue(a.value, b.value);

/** For each operation the kind of its cell, and which parts it takes away of those that it outranks and its author had seen. */
const OPERATIONS = {
  [ASSIGN]: { kind: MULTI_VALUE, takes: any },
  [COUNT]: { kind: COUNTER, takes: ofOneDevice },
  [ADD]: { kind: SET, takes: ofOneValue },
  [DISCARD]: { kind: SET, takes: ofOneValue },
  [APPEND]: { kind: UPDATES, takes: () => false },
  [COLLAPSE]: { kind: UPDATES, takes: any },
};

/** A row's compound cell for an operation: { column, kind, parts: [{ time, device, sequence, value }], dropped: Map of device in hex to stamp }. */
export function compoundOf({ compounds }, operation, column) {
  const { kind } = OPERATIONS[operation];
  return compounds.get(nameOf({ column, kind })) ?? { column, kind, parts: [], dropped: new Map() };
}

export function keepCompound({ compounds }, cell) {
  if (cell.parts.length || cell.dropped.size) compounds.set(nameOf(cell), cell);
}

/** Of one column and two kinds there are two cells. */
const nameOf = ({ column, kind }) => `${column} ${KIND_NAMES.get(kind)}`;

/** The kind of the cell that an operation is for. */
export const kindOf = (operation) => OPERATIONS[operation].kind;

/** What becomes of a cell, and whether a part was added; undefined if the operation is refused. `came` is the part that it has to add. */
export function operate(cell, operation, came, sees) {
  const adds = operation !== DISCARD;
  if (adds && cell.parts.some((part) => isSamePart(part, came))) return { cell, added: false };
  const gone = new Set(cell.parts.filter((part) => takesAway(operation, came, part) && sees(part)));
  const left = cell.parts.filter((part) => !gone.has(part));
  if (adds && isRefused(cell, operation, came, left)) return undefined;
  const dropped = operation === COUNT ? cell.dropped : withDropped(cell.dropped, gone);
  return { cell: { ...cell, parts: adds ? [...left, came] : left, dropped }, added: adds };
}

const isSamePart = (a, b) => isOneEvent(a, b) && ofOneValue(a, b);

/** Hashes count between counts alone: of one device and time, other operations leave each other's parts. */
const isAbove = (operation, a, b) => (operation === COUNT ? compareRanks(a, b) : compareStamps(a, b)) > 0;

const takesAway = (operation, came, part) => isAbove(operation, came, part) && OPERATIONS[operation].takes(came, part);

function isRefused({ parts, dropped }, operation, came, left) {
  const last = dropped.get(hex(came.device));
  if (last && last.time >= came.time) return true;
  if (operation === COUNT && parts.some((part) => ofOneDevice(part, came) && isAbove(COUNT, part, came))) return true;
  return left.length >= MAX_PARTS || bytesOf(left) + canonical(came.value).length > MAX_PART_BYTES;
}

const bytesOf = (parts) => parts.reduce((sum, { value }) => sum + canonical(value).length, 0);

function withDropped(dropped, gone) {
  const all = new Map(dropped);
  for (const { place, time, device } of gone) {
    const name = hex(device);
    if (time > (all.get(name)?.time ?? -1n)) all.set(name, { place, time, device });
  }
  return all;
}

// What is there, and what it shows

/** A row's compound cells, by column and kind. */
export const compoundsInOrder = ({ compounds }) =>
  [...compounds.values()].sort((a, b) => compare(utf8(a.column), utf8(b.column)) || a.kind - b.kind);

export const partsInOrder = ({ parts }) => [...parts].sort((a, b) => compareStamps(a, b) || compareValues(a.value, b.value));

export const droppedInOrder = ({ dropped }) => [...dropped.values()].sort(compareStamps);

const compareValues = (a, b) => compare(canonical(a), canonical(b));

/** What a cell shows: nothing, a counter's sum, or the values of all parts, each once, in the order of their bytes. */
export function shownValues({ kind, parts }) {
  const sorted = (kind === COUNTER ? [sumOf(parts)] : parts.map(({ value }) => value)).sort(compareValues);
  const values = sorted.filter((value, i) => i === 0 || !sameValue(value, sorted[i - 1]));
  const isNothing = values.length === 1 && (values[0] === null || (kind === COUNTER && values[0] === 0n));
  return isNothing ? [] : values;
}

/** The one value that a multi-value register shows: null if it has no part. */
export const topValue = ({ parts }) =>
  parts.reduce((top, part) => (top && compareRanks(part, top) < 0 ? top : part), undefined)?.value ?? null;

/** As far as 64 bits go. */
function sumOf(parts) {
  const sum = parts.reduce((total, { value }) => total + value, 0n);
  if (sum > MAX_COUNTED) return MAX_COUNTED;
  return sum < -MAX_COUNTED - 1n ? -MAX_COUNTED - 1n : sum;
}
