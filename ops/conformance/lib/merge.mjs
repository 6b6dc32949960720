// Section 9: what the files of a log make of rows, in the log's order.
import { compare, equal, utf8 } from './bytes.mjs';
import { millisOf } from './clock.mjs';
import { compoundOf, keepCompound, kindOf, operate } from './compound.mjs';
import { Judge } from './judge.mjs';
import { Lifetimes } from './lifetimes.mjs';
import { ASSIGN, COUNT, DISCARD, DISMISS, GUARD, isPartOperation, PUT, REMOVE } from './payload.mjs';
import { isByArrival } from './places.mjs';
import { compareRanks, compareStamps, outranks, sameValue } from './rank.mjs';

/** The row as such, where it has no column to name. */
const ROW = '';

/** What a loser is of that is no compound cell: a register, or the row. */
const PLAIN = 0;

/** Where an event comes to: a row that shows it, one that stays hidden, or one that began after it. */
const SHOWN = 'shown';
const HIDDEN = 'hidden';
const DEAD = 'dead';

/**
 * Tables of rows, and losers beside them; `placed` where the space ranks by arrival. A row is { marker, removal, touch, cells: Map of column to { place, time, device, sequence, value },
 * compounds: Map of cells as compound.mjs has them }; a marker, a removal and a touch are the same without value. A loser is { key, column, of, time, device, reason, value, since }:
 * of which kind of compound cell, or PLAIN; and the transaction that it lost with, 0n of none.
 * Beside them, what became of transactions with guards, and how long what is written to tables counts.
 */
export class State {
  constructor({ tables = new Map(), losers = new Map(), judged = new Map(), lifetimes = new Lifetimes(), placed = false } = {}) {
    this.placed = placed;
    this.lifetimes = lifetimes;
    this.tables = tables;
    this.losers = losers;
    this.judged = judged;
  }

  /** Takes the events of a file of the log, each with its place where the space has such: where it stands, and the rules of its space. */
  take(events, { device, sequence, serverTimeMillis }, rules) {
    const { cutOffMillis, reviewWindowMillis } = rules;
    this.placed = isByArrival(rules);
    this.#forgetDead(serverTimeMillis, cutOffMillis);
    this.#forgetOver(serverTimeMillis);
    const { lifetimes } = this;
    const said = lifetimes.copy();
    const isLate = ({ time, transaction = 0n }) => millisOf(transaction || time) + cutOffMillis < serverTimeMillis;
    const judge = new Judge(this, device);
    for (const event of events) {
      const outcome = judge.outcomeOf(event, events, isLate);
      if (event.kind === GUARD || outcome === 'NOTHING') continue;
      if (event.kind !== DISMISS && lifetimes.isNothing(event, serverTimeMillis)) continue;
      if (!this.placed && outcome === 'HOLDS' && !isLate(event)) said.note(event);
      const stamp = { place: this.placed ? event.place : undefined, time: event.time, device, sequence };
      const sees = sightOf(event, device);
      const lost = { table: event.table, key: event.key, since: serverTimeMillis, transaction: 0n };
      if (event.kind === DISMISS) {
        if (outcome === 'HOLDS') this.#dismiss(event);
      } else if (isLate(event)) this.#unmerged(event, stamp, lost, 'LATE');
      else if (outcome === 'CONFLICT') this.#unmerged(event, stamp, lost, 'CONFLICT');
      else new Arrival(this, this.#row(event.table, event.key), stamp, sees, lost, cutOffMillis).apply(event, lifetimes.has(event.table));
    }
    this.lifetimes = said;
    this.goOn(serverTimeMillis, { reviewWindowMillis });
  }

  /** Removals that are dead by now go: of a hidden row with all of it, of a visible one alone. */
  #forgetDead(serverTimeMillis, cutOffMillis) {
    const isDead = ({ removal }) => removal !== undefined && millisOf(removal.time) + 2n * cutOffMillis < serverTimeMillis;
    for (const [name, rows] of this.tables) {
      for (const [key, row] of rows) {
        if (!isDead(row)) continue;
        if (isVisible(row)) row.removal = undefined;
        else rows.delete(key);
      }
      if (rows.size === 0) this.tables.delete(name);
    }
  }

  /** What is over of tables whose rows count for a lifetime. */
  #forgetOver(serverTimeMillis) {
    for (const table of this.lifetimes.millis.keys()) {
      const isOver = this.lifetimes.over(table, serverTimeMillis);
      this.#forget(table, isOver);
      const rows = this.tables.get(table) ?? new Map();
      for (const [key, row] of rows) {
        for (const name of ['marker', 'removal', 'touch']) if (row[name] && isOver(row[name])) row[name] = undefined;
        for (const [column, cell] of row.cells) if (isOver(cell)) row.cells.delete(column);
        row.compounds = new Map([...row.compounds].map(([name, cell]) => [name, cellWithout(cell, isOver)]).filter(([, cell]) => cell.parts.length || cell.dropped.size));
        if (!row.marker && !row.removal && !row.touch && row.cells.size === 0) rows.delete(key);
      }
      if (rows.size === 0) this.tables.delete(table);
    }
  }

  /** The log goes on: some losers are over, and so is some of what counts for a lifetime. */
  goOn(serverTimeMillis, { reviewWindowMillis }) {
    this.#forgetOver(serverTimeMillis);
    for (const table of [...this.losers.keys()]) this.#forget(table, ({ since }) => since + reviewWindowMillis < serverTimeMillis);
  }

  /** An event of this device's own that is not in the log. */
  show(event, device, cutOffMillis, place) {
    if (event.kind === DISMISS || event.kind === GUARD) return;
    const row = this.#row(event.table, event.key);
    const nobody = { lose() {}, drop() {}, restore() {} };
    const stamp = { place, time: event.time, device, sequence: 0n };
    new Arrival(nobody, row, stamp, sightOf(event, device), {}, cutOffMillis).apply(event);
  }

  row(table, key) {
    return this.tables.get(table)?.get(key);
  }

  copy() {
    const copyRow = ({ cells, compounds, ...row }) => ({ ...row, cells: new Map(cells), compounds: new Map(compounds) });
    const copyTable = (rows) => new Map([...rows].map(([key, row]) => [key, copyRow(row)]));
    const tables = new Map([...this.tables].map(([name, rows]) => [name, copyTable(rows)]));
    return new State({ tables, losers: new Map(this.losers), judged: new Map(this.judged), lifetimes: this.lifetimes, placed: this.placed });
  }

  // Losers

  lose({ table, ...loser }) {
    this.#forget(table, (it) => isSame(it, loser));
    this.losers.set(table, [...(this.losers.get(table) ?? []), loser]);
  }

  /** Those of a cell by one device up to a time, unless they lost with a transaction. */
  drop({ table, key, column, of, time, device }) {
    const isOne = (it) => it.key === key && it.column === column && it.of === of && it.time <= time && equal(it.device, device);
    this.#forget(table, (it) => it.transaction === 0n && isOne(it));
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
    if (named) this.#forget(table, (it) => isNamed(it, { key, column, time: BigInt.asUintN(64, time), device }));
  }

  /** What is not merged: why says LATE or CONFLICT. */
  #unmerged({ kind, cells, transaction = 0n }, { time, device }, lost, why) {
    const columns = cells.size ? [...cells] : [[ROW, null]];
    const reason = `${why}${MORE_OF_REASONS.get(kind) ?? ''}`;
    for (const [column, value] of columns) this.lose({ ...lost, transaction, column, of: cellOf(kind), time, device, reason, value });
  }

  #row(table, key) {
    if (!this.tables.has(table)) this.tables.set(table, new Map());
    const rows = this.tables.get(table);
    if (!rows.has(key)) rows.set(key, { marker: undefined, removal: undefined, touch: undefined, cells: new Map(), compounds: new Map() });
    return rows.get(key);
  }
}

const MORE_OF_REASONS = new Map([[REMOVE, '_REMOVAL'], [DISCARD, '_DISCARD']]);

/** Which events the author of an event had seen: seenChains says, by sequences, how far into others' chains beside. */
const sightOf = ({ seenSequence, seenChains = [] }, device) => (other) =>
  equal(other.device, device) ||
  other.sequence <= seenSequence ||
  seenChains.some((chain) => equal(chain.device, other.device) && other.sequence <= chain.sequence);

const cellWithout = ({ parts, dropped, ...cell }, isGone) => ({
  ...cell,
  parts: parts.filter((part) => !isGone(part)),
  dropped: new Map([...dropped].filter(([, stamp]) => !isGone(stamp))),
});

/** As a dismissal names losers: of whichever cell of the column. */
const isNamed = (a, b) => a.key === b.key && a.column === b.column && a.time === b.time && equal(a.device, b.device);

const isSame = (a, b) => isNamed(a, b) && a.of === b.of;

const cellOf = (kind) => (isPartOperation(kind) ? kindOf(kind) : PLAIN);

/** One event that comes to a row. */
class Arrival {
  constructor(losers, row, stamp, sees, lost, cutOffMillis) {
    Object.assign(this, { losers, row, stamp, sees, lost, cutOffMillis });
  }

  /** forALifetime: columns count one by one, and who writes goes on from all that he has lost there. */
  apply(event, forALifetime = false) {
    this.of = cellOf(event.kind);
    if (event.kind === REMOVE) this.#remove();
    else if (isPartOperation(event.kind)) this.#operate(event.kind, ...[...event.cells][0]);
    else this.#write(event.kind === PUT, event.cells, forALifetime ? new Map() : (event.groups ?? new Map()), forALifetime);
  }

  #remove() {
    const { row, stamp } = this;
    if (outranks(highest(row), stamp)) return this.#goOn(ROW, stamp, 'WRITE', null);
    if (isVisible(row)) this.#hide();
    if (outranks(stamp, row.removal)) row.removal = stamp;
    return undefined;
  }

  #hide() {
    const { marker } = this.row;
    const held = this.#held();
    for (const { column, ...it } of held) if (!this.sees(it)) this.#lose(column, it, 'REMOVAL', it.value, it.of);
    if (marker && !this.sees(marker) && held.every((it) => outranks(marker, it))) this.#lose(ROW, marker, 'REMOVAL', null);
  }

  /** What registers and parts hold; of one column and stamp the higher hash comes last, and is the loser then. */
  #held() {
    const { cells, compounds } = this.row;
    const registers = [...cells].map(([column, cell]) => ({ column, of: PLAIN, ...cell }));
    const parts = [...compounds.values()].flatMap(({ column, kind, parts: those }) => those.map((part) => ({ column, of: kind, ...part })));
    return [...registers, ...parts.sort(compareRanks)];
  }

  #write(marks, cells, groups, forALifetime) {
    const { row, stamp } = this;
    const place = this.#enter();
    if (place === DEAD) {
      this.#loseAll(cells.size ? [...cells] : [[ROW, null]]);
      return;
    }
    if (forALifetime) for (const column of cells.keys()) this.#drop(column, stamp, PLAIN);
    const raised = outranks(stamp, row.marker);
    const held = new Map([...cells].map(([column, value]) => [column, sameValue(value, row.cells.get(column)?.value ?? null)]));
    const heldAll = (column) => !groups.get(column) || [...held].every(([other, is]) => is || groups.get(other) !== groups.get(column));
    const taken = [...cells].filter(([column, value]) => this.#meet(column, value, held.get(column) && heldAll(column)));
    if (marks && raised) row.marker = stamp;
    if (place === HIDDEN) this.#loseAll(cells.size ? taken : raised ? [[ROW, null]] : []);
  }

  #operate(operation, column, value) {
    const { row, stamp } = this;
    const place = this.#enter();
    if (place === DEAD) {
      this.#loseOperation(operation, column, value);
      return;
    }
    const added = this.#addPart(operation, column, value);
    if (outranks(stamp, row.touch)) row.touch = stamp;
    if (place === HIDDEN && added) this.#loseOperation(operation, column, value);
  }

  /** Whether a part was added. */
  #addPart(operation, column, value) {
    const { row, stamp, sees } = this;
    const result = operate(compoundOf(row, operation, column), operation, { ...stamp, value }, sees);
    if (!result) {
      this.#goOn(column, stamp, 'VALUE', value);
      return false;
    }
    if (operation === COUNT && result.added && row.removal === undefined) this.#drop(column, stamp, this.of);
    keepCompound(row, result.cell);
    return result.added;
  }

  #loseOperation(operation, column, value) {
    if (operation === ASSIGN || operation === COUNT) this.#goOn(column, this.stamp, 'REMOVAL', value);
    else if (operation !== DISCARD) this.#lose(column, this.stamp, 'REMOVAL', value);
  }

  /** Brings a hidden row back, if the event is above its removal. */
  #enter() {
    const { row, stamp } = this;
    const hidden = row.removal && !isVisible(row);
    if (outranks(stamp, row.removal)) {
      if (hidden) this.#begin();
      return SHOWN;
    }
    return hidden ? HIDDEN : DEAD;
  }

  /** Within the cut-off the row comes back whole; later a new one begins. */
  #begin() {
    const { row, stamp, lost } = this;
    const { removal } = row;
    if (millisOf(stamp.time) > millisOf(removal.time) + this.cutOffMillis) {
      row.marker = undefined;
      row.touch = undefined;
      row.cells = new Map();
      row.compounds = new Map();
      return;
    }
    const { table, key } = lost;
    for (const { column, of, time, device } of this.#held()) this.losers.restore({ table, key, column, of, time, device });
    if (row.marker) this.losers.restore({ table, key, column: ROW, of: PLAIN, time: row.marker.time, device: row.marker.device });
    if (!this.sees(removal)) this.#goOn(ROW, removal, 'WRITE', null);
    row.removal = undefined;
  }

  /** Whether the event is the column's value now. `isHeld`: it, or its whole group, was there before. */
  #meet(column, value, isHeld) {
    const came = { ...this.stamp, value };
    const there = this.row.cells.get(column);
    const order = there === undefined ? 1 : compareRanks(came, there);
    if (order > 0) this.row.cells.set(column, came);
    if (there && order !== 0 && !(order > 0 && this.sees(there))) {
      this.#drop(column, this.stamp, PLAIN);
      const [loser] = order > 0 ? [there] : [came];
      if (!isHeld) this.#lose(column, loser, 'VALUE', loser.value);
    }
    return order > 0;
  }

  #loseAll(cells) {
    for (const [column, value] of cells) this.#goOn(column, this.stamp, 'REMOVAL', value);
  }

  /** It loses, and what its device had lost there before goes. */
  #goOn(column, stamp, reason, value) {
    this.#drop(column, stamp, column === ROW ? PLAIN : this.of);
    this.#lose(column, stamp, reason, value);
  }

  #drop(column, { time, device }, of) {
    const { table, key } = this.lost;
    this.losers.drop({ table, key, column, of, time, device });
  }

  #lose(column, { time, device }, reason, value, of = column === ROW ? PLAIN : this.of) {
    this.losers.lose({ ...this.lost, column, of, time, device, reason, value });
  }
}

/** The highest of all that was written to a row. */
function highest({ marker, touch, cells }) {
  return [marker, touch, ...cells.values()].reduce((top, stamp) => (outranks(stamp, top) ? stamp : top), undefined);
}

/** A row shows when its marker, its touch or any register outranks its removal. */
export function isVisible(row) {
  return outranks(highest(row), row.removal);
}

/** A table's losers as they stand in a digest: by key, column, time, device. */
export function losersInOrder(losers = []) {
  const names = (a, b, name) => compare(utf8(a[name]), utf8(b[name]));
  return [...losers].sort((a, b) => names(a, b, 'key') || names(a, b, 'column') || compareStamps(a, b) || a.of - b.of);
}
