// Section 10, series: n numbers of 64 bits in planes of bytes. All numbers here are unsigned BigInts, modulo 2^64.
import { concat, U64_MASK } from './bytes.mjs';
import { check } from './errors.mjs';
import { varint } from './protobuf.mjs';

const WIDTH_BITS = 0x0f;
const DIFFERENCES = 0x10;
const MAX_WIDTH = 8;

export const toSigned = (number) => BigInt.asIntN(64, number);

export function readZigzag(reader) {
  const number = reader.varint();
  return (number >> 1n) ^ (number & 1n ? U64_MASK : 0n);
}

export function zigzag(number) {
  const signed = toSigned(number);
  return varint((signed << 1n) ^ (signed >> 63n));
}

export function readSeries(reader, n) {
  if (n === 0) return [];
  const form = reader.byte();
  const width = form & WIDTH_BITS;
  check((form & ~(WIDTH_BITS | DIFFERENCES)) === 0 && width <= MAX_WIDTH, 'form of a series');
  const differences = (form & DIFFERENCES) !== 0;
  const first = differences ? readZigzag(reader) : undefined;
  const base = readZigzag(reader);
  const numbers = readPlanes(reader, width, differences ? n - 1 : n).map((d) => (base + d) & U64_MASK);
  return differences ? summed(first, numbers) : numbers;
}

function summed(first, differences) {
  const numbers = [first];
  for (const difference of differences) numbers.push((numbers.at(-1) + difference) & U64_MASK);
  return numbers;
}

/** m unsigned numbers of `width` bytes: first the most significant byte of each, then the next of each. */
export function readPlanes(reader, width, m) {
  const planes = reader.take(width * m);
  const numbers = new Array(m);
  for (let i = 0; i < m; i++) {
    let number = 0n;
    for (let plane = 0; plane < width; plane++) number = (number << 8n) | BigInt(planes[plane * m + i]);
    numbers[i] = number;
  }
  return numbers;
}

/** The plain form: no differences, the smallest number as base, the smallest width. */
export function series(numbers) {
  if (numbers.length === 0) return Buffer.alloc(0);
  const signed = numbers.map(toSigned);
  const base = signed.reduce((a, b) => (a < b ? a : b));
  const offsets = signed.map((number) => (number - base) & U64_MASK);
  const width = widthOf(offsets.reduce((a, b) => (a > b ? a : b)));
  return concat(Buffer.from([width]), zigzag(base), planes(offsets, width));
}

export function planes(numbers, width) {
  const m = numbers.length;
  const bytes = Buffer.alloc(width * m);
  numbers.forEach((number, i) => {
    for (let plane = 0; plane < width; plane++) {
      bytes[plane * m + i] = Number((number >> BigInt(8 * (width - 1 - plane))) & 0xffn);
    }
  });
  return bytes;
}

function widthOf(number) {
  let width = 0;
  for (let rest = number; rest > 0n; rest >>= 8n) width++;
  return width;
}
