// Section 9: what events make of rows. Every part of a row is a maximum, so order, grouping and repetition do not matter.
import { compare } from './bytes.mjs';
import { PUT, REMOVE } from './payload.mjs';
import { valueHash } from './value.mjs';

/** Compares two stamps { time, device }, the first two parts of a rank. */
export function compareStamps(a, b) {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compare(a.device, b.device);
}

const outranks = (a, b) => a !== undefined && (b === undefined || compareStamps(a, b) > 0);

/** Cells are ranked by the hash of their value too, when one device wrote both at one time. */
function cellOutranks(a, b) {
  if (b === undefined) return true;
  return (compareStamps(a, b) || compare(valueHash(a.value), valueHash(b.value))) > 0;
}

/** Tables of rows; a row is { marker, removal, cells: Map of column to { time, device, value } }. */
export class State {
  constructor(tables = new Map()) {
    this.tables = tables;
  }

  /** Writes one event of a device. */
  apply(event, device) {
    const row = this.#row(event.table, event.key);
    const stamp = { time: event.time, device };
    if (event.kind === REMOVE) {
      if (outranks(stamp, row.removal)) row.removal = stamp;
      return;
    }
    if (event.kind === PUT && outranks(stamp, row.marker)) row.marker = stamp;
    for (const [column, value] of event.cells) {
      const cell = { ...stamp, value };
      if (cellOutranks(cell, row.cells.get(column))) row.cells.set(column, cell);
    }
  }

  row(table, key) {
    return this.tables.get(table)?.get(key);
  }

  copy() {
    const copyRow = ({ marker, removal, cells }) => ({ marker, removal, cells: new Map(cells) });
    const copyTable = (rows) => new Map([...rows].map(([key, row]) => [key, copyRow(row)]));
    return new State(new Map([...this.tables].map(([name, rows]) => [name, copyTable(rows)])));
  }

  #row(table, key) {
    if (!this.tables.has(table)) this.tables.set(table, new Map());
    const rows = this.tables.get(table);
    if (!rows.has(key)) rows.set(key, { marker: undefined, removal: undefined, cells: new Map() });
    return rows.get(key);
  }
}

/** A row shows when its marker or any cell outranks its removal. */
export function isVisible({ marker, removal, cells }) {
  return outranks(marker, removal) || [...cells.values()].some((cell) => outranks(cell, removal));
}
