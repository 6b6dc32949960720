// Section 10, columns: n values in one of thirteen forms. All are read; of them, this writer uses six.
import { concat, fromUtf8, hex, utf8 } from './bytes.mjs';
import { check } from './errors.mjs';
import { Reader, varint } from './protobuf.mjs';
import { planes, readPlanes, readSeries, series, toSigned } from './series.mjs';
import { BYTES, checkValue, fromCanonical, INTEGER, kindOf, REAL, TEXT } from './value.mjs';

const NULLS = 0;
const TEXTS = 2;
const INTEGERS = 7;
const REALS = 9;
const BLOBS = 10;
const MIXED = 11;
const NULLABLE = 12;

const MAX_DECIMAL = 1n << 53n;
const MAX_NUMERAL = 10n ** 18n;
const POWERS = Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

/** Reads a column of n values, which fills the bytes exactly. `tags` are those that may stand here. */
export function readColumn(bytes, n, { least = NULLS, most = NULLABLE } = {}) {
  const reader = new Reader(bytes);
  const tag = reader.byte();
  check(tag >= least && tag <= most, 'a form of column that may not stand here');
  const values = READERS[tag](reader, n);
  check(reader.atEnd(), 'bytes after a column');
  return values;
}

/** Keys are a column of texts, none of them null. */
export const readTexts = (bytes, n) => readColumn(bytes, n, { least: TEXTS, most: 6 });

const READERS = [
  (reader, n) => new Array(n).fill(null),
  (reader, n) => new Array(n).fill(fromCanonical(restOf(reader, 'a constant cut off'))),
  readTextColumn,
  readDictionary,
  readHex,
  readUuids,
  readNumerals,
  (reader, n) => readSeries(reader, n).map(toSigned),
  readDecimals,
  (reader, n) => readPlanes(reader, 8, n).map(realOf),
  (reader, n) => readSized(reader, n).map((bytes) => checkValue(Buffer.from(bytes))),
  readMixed,
  readNullable,
];

function restOf(reader, what) {
  check(reader.left() > 0, what);
  return reader.take(reader.left());
}

function readSized(reader, n) {
  return readSeries(reader, n).map((length) => {
    check(length <= BigInt(reader.left()), 'cut off');
    return reader.take(Number(length));
  });
}

function readTextColumn(reader, n) {
  return readSized(reader, n).map((bytes) => checkValue(fromUtf8(bytes)));
}

function readDictionary(reader, n) {
  const size = reader.varint();
  check(size <= BigInt(n), 'a dictionary with more texts than values');
  const texts = readTextColumn(reader, Number(size));
  return readSeries(reader, n).map((reference) => {
    check(reference < size, 'a reference beyond the dictionary');
    return texts[Number(reference)];
  });
}

function readHex(reader, n) {
  const width = reader.byte();
  check(width >= 1, 'hex texts of no digits');
  return Array.from({ length: n }, () => hex(reader.take(width)));
}

function readUuids(reader, n) {
  return Array.from({ length: n }, () => hex(reader.take(16)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
}

function readNumerals(reader, n) {
  const form = reader.byte();
  const places = form & 0x7f;
  check(places <= 18, 'numerals with more than 18 places');
  return readSeries(reader, n).map((number) => numeral(toSigned(number), places, (form & 0x80) !== 0));
}

export function numeral(number, places, fixed) {
  const magnitude = number < 0n ? -number : number;
  check(magnitude < MAX_NUMERAL, 'a numeral of more than 18 digits');
  const digits = magnitude.toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places);
  const shown = fixed ? fraction : fraction.replace(/0+$/, '');
  return (number < 0n ? '-' : '') + whole + (shown ? `.${shown}` : '');
}

function readDecimals(reader, n) {
  const places = reader.byte();
  check(places <= 15, 'decimals with more than 15 places');
  return readSeries(reader, n).map((unsigned) => {
    const number = toSigned(unsigned);
    check(number <= MAX_DECIMAL && number >= -MAX_DECIMAL, 'a decimal beyond 2^53');
    return Number(number) / POWERS[places];
  });
}

function realOf(bits) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(bits);
  return checkValue(bytes.readDoubleBE());
}

function readMixed(reader, n) {
  const kinds = readSeries(reader, n).map((kind) => {
    check(kind >= BigInt(INTEGER) && kind <= BigInt(BYTES), 'no such kind of value');
    return Number(kind);
  });
  const values = new Array(n);
  for (const kind of [INTEGER, REAL, TEXT, BYTES]) {
    const places = indexesWhere(kinds, (it) => it === kind);
    if (places.length === 0) continue;
    const column = readColumn(reader.bytes(), places.length, { least: 1, most: BLOBS });
    check(column.every((value) => kindOf(value) === kind), 'a value of another kind');
    places.forEach((place, i) => (values[place] = column[i]));
  }
  return values;
}

function readNullable(reader, n) {
  const bitmap = reader.take(Math.ceil(n / 8));
  const isSet = (i) => ((bitmap[i >> 3] >> (i & 7)) & 1) === 1;
  for (let spare = n; spare < bitmap.length * 8; spare++) check(!isSet(spare), 'a spare bit that is set');
  const places = indexesWhere(new Array(n).fill(), (_, i) => isSet(i));
  check(places.length >= 1, 'a nullable column of nulls alone');
  const column = readColumn(restOf(reader, 'a nullable column cut off'), places.length, { least: 1, most: MIXED });
  const values = new Array(n).fill(null);
  places.forEach((place, i) => (values[place] = column[i]));
  return values;
}

const indexesWhere = (items, holds) => [...items.keys()].filter((i) => holds(items[i], i));

// Writing

export function writeColumn(values) {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return Buffer.from([NULLS]);
  if (present.length === values.length) return writePresent(values);
  const bitmap = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, i) => (bitmap[i >> 3] |= value === null ? 0 : 1 << (i & 7)));
  return concat(Buffer.from([NULLABLE]), bitmap, writePresent(present));
}

export const writeTexts = (texts) => writeSized(TEXTS, texts.map(utf8));

function writePresent(values) {
  const kinds = new Set(values.map(kindOf));
  return kinds.size === 1 ? writeKind([...kinds][0], values) : writeMixed(values);
}

function writeKind(kind, values) {
  switch (kind) {
    case INTEGER:
      return concat(Buffer.from([INTEGERS]), series(values));
    case REAL:
      return concat(Buffer.from([REALS]), planes(values.map(bitsOf), 8));
    case TEXT:
      return writeTexts(values);
    default:
      return writeSized(BLOBS, values);
  }
}

function writeSized(tag, chunks) {
  return concat(Buffer.from([tag]), series(chunks.map(({ length }) => BigInt(length))), ...chunks);
}

function writeMixed(values) {
  const parts = [Buffer.from([MIXED]), series(values.map((value) => BigInt(kindOf(value))))];
  for (const kind of [INTEGER, REAL, TEXT, BYTES]) {
    const some = values.filter((value) => kindOf(value) === kind);
    if (some.length === 0) continue;
    const column = writeKind(kind, some);
    parts.push(varint(BigInt(column.length)), column);
  }
  return concat(...parts);
}

function bitsOf(real) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(real);
  return bytes.readBigUInt64BE();
}
