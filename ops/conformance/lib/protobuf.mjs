// Protocol Buffers, as much of them as Sealift's messages need: scalars, bytes, strings, enums, messages, oneofs.
// 32-bit numbers become Number, 64-bit ones BigInt. Reads like every protobuf library: fields with unknown numbers or
// another wire type are passed over, of a singular field the last one counts, a singular message met twice is merged,
// a varint in a 32-bit field keeps its low 32 bits.
import { check } from './errors.mjs';
import { concat, fromUtf8, utf8, U64_MASK } from './bytes.mjs';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
const MAX_DEPTH = 100;

const WIRE_TYPES = { uint32: VARINT, uint64: VARINT, bool: VARINT, fixed64: FIXED64, bytes: BYTES, string: BYTES };
const DEFAULTS = { uint32: 0, uint64: 0n, bool: false, fixed64: 0n, bytes: Buffer.alloc(0), string: '' };

/** A message: its fields as { number: 'type name' } with 'repeated' in front where it is, and its oneofs as lists of names. */
export class Message {
  constructor(name, fields, { oneofs = [] } = {}) {
    this.name = name;
    this.oneofs = oneofs;
    this.fields = new Map(Object.entries(fields).map(([number, it]) => [Number(number), field(Number(number), it)]));
  }

  decode(bytes) {
    return this.#mergeFrom(new Reader(bytes), this.empty(), 0);
  }

  /** All fields at their defaults; a singular message that is not there is undefined. */
  empty() {
    const value = {};
    for (const { name, type, repeated } of this.fields.values()) {
      value[name] = repeated ? [] : defaultOf(type);
    }
    return value;
  }

  encode(value) {
    const parts = [];
    for (const it of this.fields.values()) {
      const given = value[it.name];
      if (it.repeated) parts.push(...encodeAll(it, given ?? []));
      else if (isThere(it, given)) parts.push(...encodeField(it, given));
    }
    return concat(...parts);
  }

  #mergeFrom(reader, value, depth) {
    check(depth < MAX_DEPTH, 'nested too deep');
    while (!reader.atEnd()) {
      const { number, wireType } = reader.tag();
      const it = this.fields.get(number);
      if (it && isPackable(it) && wireType === BYTES) takePacked(it, reader, value);
      else if (!it || it.wireType !== wireType) reader.skip(number, wireType, depth);
      else this.#take(it, reader, value, depth);
    }
    return value;
  }

  #take(it, reader, value, depth) {
    let read;
    if (it.type instanceof Message) {
      const before = !it.repeated && value[it.name] ? value[it.name] : it.type.empty();
      read = it.type.#mergeFrom(new Reader(reader.bytes()), before, depth + 1);
    } else {
      read = readScalar(it.type, reader);
    }
    if (it.repeated) {
      value[it.name].push(read);
      return;
    }
    for (const others of this.oneofs.filter((names) => names.includes(it.name))) {
      for (const other of others) if (other !== it.name) value[other] = undefined;
    }
    value[it.name] = read;
  }
}

/** An enum is an int32 on the wire; unknown numbers are kept. */
export class Enum {
  constructor(name, values) {
    this.name = name;
    this.values = values;
    this.names = new Map(Object.entries(values).map(([key, number]) => [number, key]));
  }
}

function field(number, { type, name, repeated = false }) {
  const wireType = type instanceof Message ? BYTES : type instanceof Enum ? VARINT : WIRE_TYPES[type];
  return { number, name, type, repeated, wireType };
}

const defaultOf = (type) => (type instanceof Message ? undefined : type instanceof Enum ? 0 : DEFAULTS[type]);

function isThere({ type }, value) {
  if (value === undefined || value === null) return false;
  if (type instanceof Message) return true;
  if (type === 'bytes' || type === 'string') return value.length > 0;
  return value !== defaultOf(type) && value !== 0;
}

function readScalar(type, reader) {
  if (type instanceof Enum) return Number(BigInt.asIntN(32, reader.varint()));
  switch (type) {
    case 'uint32':
      return Number(BigInt.asUintN(32, reader.varint()));
    case 'uint64':
      return reader.varint();
    case 'bool':
      return reader.varint() !== 0n;
    case 'fixed64':
      return reader.fixed64();
    case 'bytes':
      return reader.bytes();
    default:
      return fromUtf8(reader.bytes());
  }
}

/** Lists of numbers are written packed, and read packed or one by one. */
const isPackable = ({ repeated, wireType }) => repeated && wireType !== BYTES;

function takePacked(it, reader, value) {
  const packed = new Reader(reader.bytes());
  while (!packed.atEnd()) value[it.name].push(readScalar(it.type, packed));
}

function encodeAll(it, values) {
  if (!isPackable(it) || values.length === 0) return values.flatMap((one) => encodeField(it, one));
  const numbers = values.map((one) => encodeField(it, one)[1]);
  return sized(varint(BigInt(it.number) << 3n | BigInt(BYTES)), concat(...numbers));
}

function encodeField({ number, type, wireType }, value) {
  const tag = varint(BigInt(number) << 3n | BigInt(wireType));
  if (type instanceof Message) return sized(tag, type.encode(value));
  if (type instanceof Enum || type === 'uint32' || type === 'uint64') return [tag, varint(BigInt(value))];
  if (type === 'bool') return [tag, varint(1n)];
  if (type === 'bytes') return sized(tag, value);
  if (type === 'string') return sized(tag, utf8(value));
  const fixed = Buffer.alloc(8);
  fixed.writeBigUInt64LE(value);
  return [tag, fixed];
}

const sized = (tag, bytes) => [tag, varint(BigInt(bytes.length)), bytes];

export function varint(number) {
  const bytes = [];
  let rest = BigInt.asUintN(64, number);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  atEnd() {
    return this.#at === this.#bytes.length;
  }

  left() {
    return this.#bytes.length - this.#at;
  }

  take(length) {
    check(length <= this.left(), 'cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte() {
    return this.take(1)[0];
  }

  varint() {
    let number = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      number |= BigInt(byte & 127) << shift;
      if (byte < 128) return number & U64_MASK;
    }
    check(false, 'a varint of more than 10 bytes');
  }

  fixed64() {
    return Buffer.from(this.take(8)).readBigUInt64LE();
  }

  bytes() {
    const length = this.varint();
    check(length <= BigInt(this.left()), 'cut off');
    return this.take(Number(length));
  }

  tag() {
    const tag = Number(BigInt.asUintN(32, this.varint()));
    const number = tag >>> 3;
    check(number > 0, 'field number 0');
    return { number, wireType: tag & 7 };
  }

  skip(number, wireType, depth) {
    check(depth < MAX_DEPTH, 'nested too deep');
    switch (wireType) {
      case VARINT:
        this.varint();
        return;
      case FIXED64:
        this.take(8);
        return;
      case BYTES:
        this.bytes();
        return;
      case FIXED32:
        this.take(4);
        return;
      case GROUP:
        this.#skipGroup(number, depth + 1);
        return;
      default:
        check(false, wireType === END_GROUP ? 'the end of a group that did not begin' : 'no such wire type');
    }
  }

  #skipGroup(number, depth) {
    for (;;) {
      const inner = this.tag();
      if (inner.wireType === END_GROUP) {
        check(inner.number === number, 'the end of another group');
        return;
      }
      this.skip(inner.number, inner.wireType, depth);
    }
  }
}
