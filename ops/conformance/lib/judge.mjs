// Section 9, transactions: what becomes of them when the log comes to them.
import { equal, hex, utf8 } from './bytes.mjs';
import { sha256 } from './ids.mjs';
import { isVisible } from './merge.mjs';
import { GUARD, READ_NOT_THERE, READ_PART, READ_REGISTER } from './payload.mjs';
import { canonical } from './value.mjs';

/** Of the transactions of one file, by a device; `state` is what the log makes of everything before it. */
export class Judge {
  constructor(state, device) {
    Object.assign(this, { state, device, outcomes: new Map() });
  }

  /** HOLDS, CONFLICT, or NOTHING of one that was in conflict in another file. Asked for event after event, before each is applied. */
  outcomeOf(event, events, isLate) {
    const { transaction = 0n } = event;
    if (transaction === 0n) return 'HOLDS';
    if (!this.outcomes.has(transaction)) {
      const guards = events.filter((other) => other.kind === GUARD && other.transaction === transaction);
      const its = events.filter((other) => other.transaction === transaction);
      this.outcomes.set(transaction, guards.length === 0 || isLate(event) ? 'HOLDS' : this.#judge(transaction, guards, its));
    }
    return this.outcomes.get(transaction);
  }

  #judge(transaction, guards, events) {
    const { judged } = this.state;
    const name = `${hex(this.device)} ${transaction} ${hex(hashOf(events))}`;
    if (judged.has(name)) return judged.get(name) ? 'HOLDS' : 'NOTHING';
    const { lifetimes } = this.state; // of such tables not everybody could tell
    const holds = guards.every((guard) => lifetimes.has(guard.table) || this.#holds(guard, guards));
    judged.set(name, holds);
    return holds ? 'HOLDS' : 'CONFLICT';
  }

  #holds(guard, guards) {
    const { column, what, named } = read(guard);
    const row = this.state.row(guard.table, guard.key);
    const isThere = row !== undefined && isVisible(row);
    if (what === READ_PART) return haveSameParts(row, column, partsOf(guard, guards));
    if (what === READ_REGISTER) return isSame(row?.cells.get(column), named);
    return isThere === (what !== READ_NOT_THERE);
  }
}

/** The same for the same events, in whatever order their columns stand. */
function hashOf(events) {
  const cellsOf = ({ cells }) => [...cells].map(([column, value]) => [column, hex(canonical(value))]).sort();
  return sha256(utf8(JSON.stringify(events.map((event) => [event.kind, event.table, event.key, String(event.time), cellsOf(event)]))));
}

function read({ cells }) {
  const [what, column, time, device] = cells.values();
  return { what, column, named: time === null ? undefined : { time: BigInt.asUintN(64, time), device } };
}

/** What the guards of one row and column say together. */
const partsOf = ({ table, key, cells }, guards) =>
  guards
    .filter((other) => other.table === table && other.key === key)
    .map(read)
    .filter(({ what, column, named }) => what === READ_PART && column === cells.get('column') && named)
    .map(({ named }) => named);

function haveSameParts(row, column, named) {
  const parts = [...(row?.compounds.values() ?? [])].filter((cell) => cell.column === column).flatMap((cell) => cell.parts);
  const left = [...parts];
  for (const name of named) {
    const at = left.findIndex((part) => isSame(part, name));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

const isSame = (stamp, named) =>
  stamp === undefined || named === undefined ? stamp === named : stamp.time === named.time && equal(stamp.device, named.device);
