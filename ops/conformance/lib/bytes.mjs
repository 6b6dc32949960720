// Bytes and numbers as section 1 writes them.
import { check } from './errors.mjs';

export const U64_MASK = (1n << 64n) - 1n;

export const concat = (...parts) => Buffer.concat(parts);

export const ascii = (text) => Buffer.from(text, 'latin1');

export const hex = (bytes) => Buffer.from(bytes).toString('hex');

export function fromHex(text, length) {
  check(typeof text === 'string' && /^([0-9a-f]{2})*$/.test(text), 'not hex in lower case');
  const bytes = Buffer.from(text, 'hex');
  if (length !== undefined) check(bytes.length === length, `not ${length} bytes of hex`);
  return bytes;
}

export function u32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

export function u64(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
}

export const equal = (a, b) => Buffer.compare(a, b) === 0;

/** Ids and UTF-8 names are ordered as unsigned bytes, and so is Buffer.compare. */
export const compare = (a, b) => Buffer.compare(a, b);

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function fromUtf8(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    check(false, 'not UTF-8');
  }
}

export const utf8 = (text) => Buffer.from(text, 'utf8');

/** Text without unpaired surrogates: what UTF-8 can say. (String.isWellFormed came with Node 20.) */
export const isUnicode = (text) => text.isWellFormed();
