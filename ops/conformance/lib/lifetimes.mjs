// Section 9: how long what is written to tables counts.
import { millisOf } from './clock.mjs';
import { isPartOperation, PATCH, PUT, REMOVE } from './payload.mjs';

const SCHEMA = 'sealift_schema';
const MIN_MILLIS = 60_000n;
const MAX_MILLIS = 3_155_760_000_000n;
const KEEPS = new Set(['WINDOW', 'ALL', 'FEED']);

/** What the log says so far; where ranks go by arrival it says nothing. */
export class Lifetimes {
  constructor({ millis = [], kept = [] } = {}) {
    Object.assign(this, { millis: new Map(millis), kept: new Set(kept) });
  }

  copy() {
    return new Lifetimes(this);
  }

  has(table) {
    return this.millis.has(table);
  }

  /** What is over of a table where a server time is, of what has a time; nothing of a table that has no lifetime. */
  over(table, serverTimeMillis) {
    const lifetime = this.millis.get(table);
    return lifetime === undefined ? () => false : ({ time }) => millisOf(time) + lifetime <= serverTimeMillis;
  }

  /** Whether an event of a file of that server time leaves nothing at all. */
  isNothing(event, serverTimeMillis) {
    return this.has(event.table) && (isPartOperation(event.kind) || this.over(event.table, serverTimeMillis)(event));
  }

  /** An event of the log that came about. Of what a table keeps, and how long its rows count, the first counts; of lifetimes the shortest. */
  note({ table, key, cells }) {
    if (table !== SCHEMA) return;
    const [, what, name] = /^([kl])\/(?!sealift_)(.*)$/isu.exec(key) ?? [];
    if (what === 'k' && KEEPS.has(cells.get('type')) && !this.has(name)) this.kept.add(name);
    const millis = cells.get('position');
    const isLifetime = typeof millis === 'bigint' && millis >= MIN_MILLIS && millis <= MAX_MILLIS;
    if (what !== 'l' || !isLifetime || this.kept.has(name)) return;
    if (!(this.millis.get(name) <= millis)) this.millis.set(name, millis);
  }

  /** Whether all events of a file are over when its header says so; 0n of one that says nothing. */
  keeps(events, expiresAtMillis) {
    const isOverThen = ({ table, kind, transaction = 0n, time }) =>
      [PUT, PATCH, REMOVE].includes(kind) && transaction === 0n && this.over(table, expiresAtMillis)({ time });
    return expiresAtMillis === 0n || events.every(isOverThen);
  }
}
