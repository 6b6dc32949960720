// How values are typed on the command line and shown in JSON.
import { check } from './errors.mjs';
import { compoundsInOrder, COUNTER, MULTI_VALUE, shownValues } from './compound.mjs';
import { checkName } from './payload.mjs';
import { checkValue } from './value.mjs';

const TYPES = {
  text: (text) => text,
  int: (text) => {
    check(/^-?[0-9]{1,19}$/.test(text), 'not an integer');
    return BigInt(text);
  },
  real: (text) => {
    const number = text.trim() === '' ? NaN : Number(text);
    return Object.is(number, -0) ? 0 : number;
  },
  base64: (text) => Buffer.from(text, 'base64'),
  null: () => null,
};

/** `COLUMN=text`, or with its type `COLUMN:int=5`; types are text, int, real, base64 and null. */
export function readCell(argument) {
  const [, column, type = 'text', text] = /^([^:=]+)(?::([a-z0-9]+))?=([^]*)$/.exec(argument) ?? [];
  check(column !== undefined && Object.hasOwn(TYPES, type), 'not COLUMN[:TYPE]=VALUE');
  return [checkName(column), checkValue(TYPES[type](text))];
}

/** As `ops/sealift --json` shows values; integers beyond 2^53 keep every digit. */
export function toJson(value) {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (Buffer.isBuffer(value)) return JSON.stringify({ base64: value.toString('base64') });
  return JSON.stringify(value);
}

/** What a row shows, as [column, value or list]: of one column the register, unless it is null, then the first compound cell. */
export function shownCells(row) {
  const shown = new Map([...row.cells].map(([column, { value }]) => [column, value]));
  for (const cell of compoundsInOrder(row)) {
    const values = shownValues(cell);
    if (values.length && (shown.get(cell.column) ?? null) === null) shown.set(cell.column, oneOrMany(cell, values));
  }
  return [...shown];
}

const oneOrMany = ({ kind }, values) => (values.length === 1 && (kind === COUNTER || kind === MULTI_VALUE) ? values[0] : values);

export function rowToJson(key, cells) {
  const members = [['key', key], ...cells].map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`);
  return `{${members.join(',')}}`;
}
