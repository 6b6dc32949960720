// Section 9: what the files of a log make of rows, in the log's order.
import { compare, equal, utf8 } from './bytes.mjs';
import { millisOf } from './clock.mjs';
import { DISMISS, PUT, REMOVE } from './payload.mjs';
import { valueHash } from './value.mjs';

/** Compares two stamps { time, device }, the first two parts of a rank. */
export function compareStamps(a, b) {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compare(a.device, b.device);
}

const outranks = (a, b) => a !== undefined && (b === undefined || compareStamps(a, b) > 0);

/** Cells are ranked by the hash of their value too, when one device wrote both at one time. */
const compareCells = (a, b) => compareStamps(a, b) || compare(valueHash(a.value), valueHash(b.value));

const sameValue = (a, b) => equal(valueHash(a), valueHash(b));

/** The row as such, where it has no column to name. */
const ROW = '';

/**
 * Tables of rows, and losers beside them. A row is { marker, removal, cells: Map of column to { time, device, sequence, value } }; a marker
 * and a removal are the same without value. A loser is { key, column, time, device, reason, value, since }.
 */
export class State {
  constructor({ tables = new Map(), losers = new Map() } = {}) {
    this.tables = tables;
    this.losers = losers;
  }

  /** Takes the events of a file of the log: where it stands, and the rules of its space. */
  take(events, { device, sequence, serverTimeMillis }, { cutOffMillis, reviewWindowMillis }) {
    for (const event of events) {
      const stamp = { time: event.time, device, sequence };
      const sees = (other) => equal(other.device, device) || other.sequence <= event.seenSequence;
      const lost = { table: event.table, key: event.key, since: serverTimeMillis };
      if (event.kind === DISMISS) this.#dismiss(event);
      else if (millisOf(event.time) + cutOffMillis < serverTimeMillis) this.#late(event, stamp, lost);
      else new Arrival(this, this.#row(event.table, event.key), stamp, sees, lost, cutOffMillis).apply(event);
    }
    this.goOn(serverTimeMillis, { reviewWindowMillis });
  }

  /** The log goes on: some losers are over. */
  goOn(serverTimeMillis, { reviewWindowMillis }) {
    for (const table of [...this.losers.keys()]) this.#forget(table, ({ since }) => since + reviewWindowMillis < serverTimeMillis);
  }

  /** An event of this device's own that is not in the log: it had seen everything. */
  show(event, device, cutOffMillis) {
    if (event.kind === DISMISS) return;
    const row = this.#row(event.table, event.key);
    const nobody = { lose() {}, drop() {}, restore() {} };
    new Arrival(nobody, row, { time: event.time, device, sequence: 0n }, () => true, {}, cutOffMillis).apply(event);
  }

  row(table, key) {
    return this.tables.get(table)?.get(key);
  }

  copy() {
    const copyRow = ({ marker, removal, cells }) => ({ marker, removal, cells: new Map(cells) });
    const copyTable = (rows) => new Map([...rows].map(([key, row]) => [key, copyRow(row)]));
    const tables = new Map([...this.tables].map(([name, rows]) => [name, copyTable(rows)]));
    return new State({ tables, losers: new Map(this.losers) });
  }

  // Losers

  lose({ table, ...loser }) {
    this.#forget(table, (it) => isSame(it, loser));
    this.losers.set(table, [...(this.losers.get(table) ?? []), loser]);
  }

  /** Those of a column by one device. */
  drop({ table, key, column, device }) {
    this.#forget(table, (it) => it.key === key && it.column === column && equal(it.device, device));
  }

  restore({ table, ...loser }) {
    this.#forget(table, (it) => isSame(it, loser));
  }

  #forget(table, isGone) {
    const left = (this.losers.get(table) ?? []).filter((it) => !isGone(it));
    if (left.length) this.losers.set(table, left);
    else this.losers.delete(table);
  }

  #dismiss({ table, key, cells }) {
    const [column, time, device] = ['column', 'time', 'device'].map((name) => cells.get(name));
    const named = typeof column === 'string' && typeof time === 'bigint' && Buffer.isBuffer(device);
    if (named) this.#forget(table, (it) => isSame(it, { key, column, time: BigInt.asUintN(64, time), device }));
  }

  #late({ kind, cells }, { time, device }, lost) {
    const columns = cells.size ? [...cells] : [[ROW, null]];
    const reason = kind === REMOVE ? 'LATE_REMOVAL' : 'LATE';
    for (const [column, value] of columns) this.lose({ ...lost, column, time, device, reason, value });
  }

  #row(table, key) {
    if (!this.tables.has(table)) this.tables.set(table, new Map());
    const rows = this.tables.get(table);
    if (!rows.has(key)) rows.set(key, { marker: undefined, removal: undefined, cells: new Map() });
    return rows.get(key);
  }
}

const isSame = (a, b) => a.key === b.key && a.column === b.column && a.time === b.time && equal(a.device, b.device);

/** One event that comes to a row. */
class Arrival {
  constructor(losers, row, stamp, sees, lost, cutOffMillis) {
    Object.assign(this, { losers, row, stamp, sees, lost, cutOffMillis });
  }

  apply(event) {
    if (event.kind === REMOVE) this.#remove();
    else this.#write(event.kind === PUT, event.cells);
  }

  #remove() {
    const { row, stamp } = this;
    if (outranks(highest(row), stamp)) return this.#goOn(ROW, stamp, 'WRITE', null);
    if (isVisible(row)) this.#hide();
    if (outranks(stamp, row.removal)) row.removal = stamp;
    return undefined;
  }

  #hide() {
    const { marker, cells } = this.row;
    for (const [column, cell] of cells) if (!this.sees(cell)) this.#lose(column, cell, 'REMOVAL', cell.value);
    if (!cells.size && marker && !this.sees(marker)) this.#lose(ROW, marker, 'REMOVAL', null);
  }

  #write(marks, cells) {
    const { row, stamp } = this;
    const hidden = row.removal && !isVisible(row);
    const above = outranks(stamp, row.removal);
    if (!hidden && !above) {
      this.#loseAll(cells.size ? [...cells] : [[ROW, null]]);
      return;
    }
    if (hidden && above) this.#begin();
    const raised = outranks(stamp, row.marker);
    const taken = [...cells].filter(([column, value]) => this.#meet(column, value));
    if (marks && raised) row.marker = stamp;
    if (hidden && !above) this.#loseAll(cells.size ? taken : raised ? [[ROW, null]] : []);
  }

  /** Within the cut-off the row comes back whole; later a new one begins. */
  #begin() {
    const { row, stamp, lost } = this;
    const { removal } = row;
    if (millisOf(stamp.time) > millisOf(removal.time) + this.cutOffMillis) {
      row.marker = undefined;
      row.cells = new Map();
      return;
    }
    const { table, key } = lost;
    for (const [column, { time, device }] of row.cells) this.losers.restore({ table, key, column, time, device });
    if (row.marker) this.losers.restore({ table, key, column: ROW, time: row.marker.time, device: row.marker.device });
    if (!this.sees(removal)) this.#goOn(ROW, removal, 'WRITE', null);
    row.removal = undefined;
  }

  /** Whether the event is the column's value now. */
  #meet(column, value) {
    const came = { ...this.stamp, value };
    const there = this.row.cells.get(column);
    const order = there === undefined ? 1 : compareCells(came, there);
    if (order > 0) this.row.cells.set(column, came);
    if (there && order !== 0 && !(order > 0 && this.sees(there))) {
      this.#drop(column, this.stamp);
      const [loser] = order > 0 ? [there] : [came];
      if (!sameValue(value, there.value)) this.#lose(column, loser, 'VALUE', loser.value);
    }
    return order > 0;
  }

  #loseAll(cells) {
    for (const [column, value] of cells) this.#goOn(column, this.stamp, 'REMOVAL', value);
  }

  /** It loses, and what its device had lost there before goes. */
  #goOn(column, stamp, reason, value) {
    this.#drop(column, stamp);
    this.#lose(column, stamp, reason, value);
  }

  #drop(column, { device }) {
    const { table, key } = this.lost;
    this.losers.drop({ table, key, column, device });
  }

  #lose(column, { time, device }, reason, value) {
    this.losers.lose({ ...this.lost, column, time, device, reason, value });
  }
}

/** The highest of all that was written to a row. */
function highest({ marker, cells }) {
  return [marker, ...cells.values()].reduce((top, stamp) => (outranks(stamp, top) ? stamp : top), undefined);
}

/** A row shows when its marker or any cell outranks its removal. */
export function isVisible(row) {
  return outranks(highest(row), row.removal);
}

/** A table's losers as they stand in a digest: by key, column, time, device. */
export function losersInOrder(losers = []) {
  const names = (a, b, name) => compare(utf8(a[name]), utf8(b[name]));
  return [...losers].sort((a, b) => names(a, b, 'key') || names(a, b, 'column') || compareStamps(a, b));
}
