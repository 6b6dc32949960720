// Section 10, values: null, BigInt for an integer, Number for a real, string for text, Buffer for bytes.
import { concat, fromUtf8, isUnicode, u64, utf8 } from './bytes.mjs';
import { check } from './errors.mjs';
import { sha256 } from './ids.mjs';
import { MAX_VALUE_BYTES } from './limits.mjs';

export const INTEGER = 1;
export const REAL = 2;
export const TEXT = 3;
export const BYTES = 4;

export function kindOf(value) {
  switch (typeof value) {
    case 'bigint':
      return INTEGER;
    case 'number':
      return REAL;
    case 'string':
      return TEXT;
    default:
      return BYTES;
  }
}

export const isInteger = (value) => typeof value === 'bigint';

export const isBytes = (value) => Buffer.isBuffer(value);

/** Holds a value to the rules of its kind, whether it comes from a user or from a payload. */
export function checkValue(value) {
  if (value === null) return value;
  if (typeof value === 'bigint') check(BigInt.asIntN(64, value) === value, 'beyond 64 bits');
  if (typeof value === 'number') check(!Number.isNaN(value) && !Object.is(value, -0), 'NaN or -0.0');
  if (typeof value === 'string') check(isUnicode(value) && utf8(value).length <= MAX_VALUE_BYTES, 'text');
  if (Buffer.isBuffer(value)) check(value.length <= MAX_VALUE_BYTES, 'bytes');
  return value;
}

export function canonical(value) {
  if (value === null) return Buffer.from([0]);
  const kind = Buffer.from([kindOf(value)]);
  switch (kind[0]) {
    case INTEGER:
      return concat(kind, u64(BigInt.asUintN(64, value)));
    case REAL:
      return concat(kind, realBits(value));
    case TEXT:
      return concat(kind, utf8(value));
    default:
      return concat(kind, value);
  }
}

/** Reads a canonical form that is not null's. */
export function fromCanonical(bytes) {
  const content = bytes.subarray(1);
  switch (bytes[0]) {
    case INTEGER:
      check(content.length === 8, 'an integer that is not 8 bytes');
      return content.readBigInt64BE();
    case REAL:
      check(content.length === 8, 'a real that is not 8 bytes');
      return checkValue(content.readDoubleBE());
    case TEXT:
      return checkValue(fromUtf8(content));
    case BYTES:
      return checkValue(Buffer.from(content));
    default:
      return check(false, 'no such kind of value');
  }
}

export const valueHash = (value) => sha256(canonical(value));

function realBits(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
