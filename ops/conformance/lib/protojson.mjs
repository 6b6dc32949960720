// ProtoJSON, the JSON form of Protocol Buffers: names in camelCase, 64-bit numbers and bytes as text, enums by name.
import { check } from './errors.mjs';
import { Enum, Message } from './protobuf.mjs';

export function toJson(type, value) {
  const object = {};
  for (const { name, type: of, repeated } of type.fields.values()) {
    const given = value[name];
    if (repeated ? given?.length : isSaid(of, given)) {
      object[name] = repeated ? given.map((one) => writeJson(of, one)) : writeJson(of, given);
    }
  }
  return object;
}

function isSaid(type, value) {
  if (value === undefined || value === null) return false;
  if (type instanceof Message) return true;
  return type === 'bytes' || type === 'string' ? value.length > 0 : Boolean(value);
}

function writeJson(type, value) {
  if (type instanceof Message) return toJson(type, value);
  if (type instanceof Enum) return type.names.get(value) ?? value;
  if (type === 'bytes') return Buffer.from(value).toString('base64');
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Reads what JSON.parse gave. Unknown names are passed over, as unknown fields are in binary. */
export function fromJson(type, json) {
  check(json !== null && typeof json === 'object' && !Array.isArray(json), 'not an object');
  const value = type.empty();
  for (const field of type.fields.values()) {
    const given = json[field.name] ?? json[snake(field.name)];
    if (given === undefined || given === null) continue;
    value[field.name] = field.repeated ? readList(field.type, given) : readJson(field.type, given);
  }
  for (const names of type.oneofs) {
    check(names.filter((name) => value[name] !== undefined).length <= 1, 'two of which only one may be there');
  }
  return value;
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function readList(type, json) {
  check(Array.isArray(json), 'not a list');
  return json.map((one) => readJson(type, one));
}

function readJson(type, json) {
  if (type instanceof Message) return fromJson(type, json);
  if (type instanceof Enum) return readEnum(type, json);
  switch (type) {
    case 'bytes':
      return readBytes(json);
    case 'string':
      check(typeof json === 'string' && json.isWellFormed(), 'not a text');
      return json;
    case 'bool':
      check(typeof json === 'boolean', 'neither true nor false');
      return json;
    case 'uint32':
      return Number(readNumber(json, 32));
    default:
      return readNumber(json, 64);
  }
}

function readEnum(type, json) {
  if (Number.isInteger(json)) return json;
  check(typeof json === 'string' && Object.hasOwn(type.values, json), 'no such name');
  return type.values[json];
}

function readNumber(json, bits) {
  const isNumber = Number.isSafeInteger(json) || (typeof json === 'string' && /^[0-9]{1,20}$/.test(json));
  check(isNumber, 'not a number');
  const number = BigInt(json);
  check(BigInt.asUintN(bits, number) === number, 'a number beyond its bits');
  return number;
}

/** Standard base64 or base64url, with or without padding. */
function readBytes(json) {
  check(typeof json === 'string' && /^([A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}$/.test(json), 'not base64');
  return Buffer.from(json, 'base64');
}
