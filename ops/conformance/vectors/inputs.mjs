// How a vector's JSON becomes values and back. What is not asked for is noticed: no field of a vector goes unread.
import { fromHex, hex } from '../lib/bytes.mjs';
import { Malformed } from '../lib/errors.mjs';
import { Enum, Message } from '../lib/protobuf.mjs';

/** A vector that is not as protocol/vectors/README.md says: no refusal counts as having noticed that. */
export class BadVector extends Error {}

export function must(holds, what) {
  if (!holds) throw new BadVector(what);
}

/** An object of a vector, from which each field is to be read. */
export class Inputs {
  #fields;
  #unread;
  #inner = [];

  constructor(fields) {
    must(fields !== null && typeof fields === 'object' && !Array.isArray(fields), 'not an object');
    this.#fields = fields;
    this.#unread = new Set(Object.keys(fields));
  }

  has(name) {
    return Object.hasOwn(this.#fields, name);
  }

  /** Reads a field by one of the functions below. */
  get(name, read) {
    must(this.has(name), `no ${name}`);
    this.#unread.delete(name);
    return read(this.#fields[name]);
  }

  object(name, read) {
    return this.get(name, (fields) => this.#readInner(fields, read));
  }

  objects(name, read) {
    return this.get(name, list((fields) => this.#readInner(fields, read)));
  }

  unread() {
    return [...this.#unread, ...this.#inner.flatMap((it) => it.unread())];
  }

  #readInner(fields, read) {
    const inner = new Inputs(fields);
    this.#inner.push(inner);
    return read(inner);
  }
}

export function bytes(text) {
  try {
    return fromHex(text);
  } catch (error) {
    throw error instanceof Malformed ? new BadVector('not hex') : error;
  }
}

export function u64(text) {
  must(typeof text === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(text), 'not an unsigned number');
  const number = BigInt(text);
  must(BigInt.asUintN(64, number) === number, 'beyond 64 bits');
  return number;
}

export function i64(text) {
  must(typeof text === 'string' && /^(0|-?[1-9][0-9]{0,18})$/.test(text), 'not a signed number');
  const number = BigInt(text);
  must(BigInt.asIntN(64, number) === number, 'beyond 64 bits');
  return number;
}

export function u32(number) {
  must(Number.isInteger(number) && number >= 0 && number <= 0xffffffff, 'not a 32-bit number');
  return number;
}

function bool(it) {
  must(typeof it === 'boolean', 'not true or false');
  return it;
}

export function text(it) {
  must(typeof it === 'string', 'not a text');
  return it;
}

export const list = (read) => (items) => {
  must(Array.isArray(items), 'not a list');
  return items.map(read);
};

export const oneOf = (...names) => (it) => {
  must(names.includes(it), 'not one of the names that may stand here');
  return it;
};

// Cells' values: BigInt, Number, string, Buffer or null

export function value(it) {
  if (it === null) return null;
  const members = Object.entries(it);
  must(members.length === 1, 'a value of one kind');
  const [[kind, content]] = members;
  must(Object.hasOwn(VALUES, kind), 'no such kind of value');
  return VALUES[kind](content);
}

/** Text that is none, half of a surrogate pair, comes as UTF-16 in hex. */
const utf16 = (it) => Buffer.from(bytes(it)).swap16().toString('utf16le');

const VALUES = { int: i64, real: (it) => realOf(bytes(it)), text, utf16, bytes };

function realOf(it) {
  must(it.length === 8, 'a real of 8 bytes');
  return it.readDoubleBE();
}

export function fromValue(it) {
  if (it === null) return null;
  if (typeof it === 'bigint') return { int: it.toString() };
  if (typeof it === 'string') return { text: it };
  if (Buffer.isBuffer(it)) return { bytes: hex(it) };
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(it);
  return { real: hex(bits) };
}

// Messages: names of fields as in the specification, defaults left out

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const message = (type) => (it) => {
  const inputs = new Inputs(it);
  const fields = {};
  for (const { name, type: of, repeated } of type.fields.values()) {
    if (!inputs.has(snake(name))) continue;
    const read = readerOf(of);
    fields[name] = inputs.get(snake(name), repeated ? list(read) : read);
  }
  must(inputs.unread().length === 0, 'a field that the message has not');
  return fields;
};

function readerOf(type) {
  if (type instanceof Message) return message(type);
  if (type instanceof Enum) return (it) => type.values[it] ?? u32(it);
  return { bytes, string: text, uint32: u32, uint64: u64, fixed64: u64, bool }[type];
}

export function fromMessage(type, it) {
  const fields = {};
  for (const { name, type: of, repeated } of type.fields.values()) {
    const given = it[name];
    if (repeated ? given.length : isSaid(of, given)) {
      fields[snake(name)] = repeated ? given.map((one) => written(of, one)) : written(of, given);
    }
  }
  return fields;
}

function isSaid(type, it) {
  if (it === undefined) return false;
  if (type instanceof Message) return true;
  return type === 'bytes' || type === 'string' ? it.length > 0 : Boolean(it);
}

function written(type, it) {
  if (type instanceof Message) return fromMessage(type, it);
  if (type instanceof Enum) return type.names.get(it) ?? it;
  if (type === 'bytes') return hex(it);
  return typeof it === 'bigint' ? it.toString() : it;
}

