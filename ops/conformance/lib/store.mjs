// A home: one folder with one space. keys.json (mode 0600) holds the secrets, space.json everything else. Each is
// written as a whole: to a file beside it, flushed, renamed over the old one, the folder flushed. So a home is always
// one that was. Both hold the whole space in memory, which is right for some ten thousand rows and no more. One
// process at a time.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Device } from './device.mjs';
import { Failure } from './errors.mjs';
import { SignedHead } from './head.mjs';
import { SignedIncarnation } from './incarnation.mjs';
import { SignedHeader } from './header.mjs';
import { Lifetimes } from './lifetimes.mjs';
import { Log } from './log.mjs';
import { Membership } from './membership.mjs';
import { State } from './merge.mjs';
import { Edge } from './tree.mjs';

const KEYS = 'keys.json';
const SPACE = 'space.json';
const SECRETS = ['keys', 'secret', 'epochKey'];

/** The space is written after its keys, so a home without it is one that was never finished. */
export function exists(home) {
  return existsSync(join(home, SPACE));
}

/** Makes a home for a device that comes to join. */
export function create(home, device) {
  if (exists(home)) throw new Failure('home_taken', 'this home has a space already');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  save(home, device);
}

export function open(home) {
  if (!exists(home)) throw new Failure('no_home', 'there is no space in this home; join one first');
  const space = read(join(home, SPACE));
  if (!space.log.kept || !(space.base instanceof State)) throw new Failure('old_home', 'an earlier version of this program made this home; join anew in another one');
  return new Device({ ...space, ...read(join(home, KEYS)) });
}

/** Keys are written when they are new; they go first, so that no space is there without them. */
export function save(home, device) {
  const { publicKeys, id, ...state } = device;
  const secrets = Object.fromEntries(SECRETS.map((name) => [name, state[name]]));
  const rest = Object.fromEntries(Object.entries(state).filter(([name]) => !SECRETS.includes(name)));
  writeDurably(home, KEYS, secrets);
  writeDurably(home, SPACE, rest);
}

function writeDurably(folder, name, value) {
  const path = join(folder, name);
  const text = JSON.stringify(value, toJson);
  if (name === KEYS && existsSync(path) && readFileSync(path, 'utf8') === text) return;
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

const read = (path) => JSON.parse(readFileSync(path, 'utf8'), fromJson);

// JSON with a tag for what JSON has not: each is an object with one key that begins with $.

const CLASSES = {
  $header: [SignedHeader, ({ bytes }) => bytes, (bytes) => SignedHeader.parse(bytes)],
  $head: [SignedHead, ({ bytes }) => bytes, (bytes) => SignedHead.parse(bytes)],
  $incarnation: [SignedIncarnation, ({ bytes }) => bytes, (bytes) => SignedIncarnation.parse(bytes)],
  $log: [Log, (it) => ({ ...it }), (it) => new Log(it)],
  $membership: [Membership, (it) => ({ ...it }), (it) => new Membership(it)],
  $rows: [State, ({ tables, losers, judged, lifetimes, placed }) => ({ tables, losers, judged, lifetimes, placed }), (it) => new State(it)],
  $lifetimes: [Lifetimes, ({ millis, kept }) => ({ millis, kept: [...kept] }), (it) => new Lifetimes(it)],
  $edge: [Edge, ({ size, hashes }) => ({ size, hashes }), ({ size, hashes }) => new Edge(size, hashes)],
};

/** `this` is the holder: a Buffer has turned itself into something else before the replacer sees it. */
function toJson(key) {
  const value = this[key];
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('base64') };
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $real: String(value) };
  if (value instanceof Map) return { $map: [...value] };
  for (const [tag, [type, write]] of Object.entries(CLASSES)) if (value instanceof type) return { [tag]: write(value) };
  return value;
}

function fromJson(key, value) {
  if (value === null || typeof value !== 'object') return value;
  const [[tag, content] = []] = Object.entries(value);
  switch (tag) {
    case '$bytes':
      return Buffer.from(content, 'base64');
    case '$int':
      return BigInt(content);
    case '$real':
      return Number(content);
    case '$map':
      return new Map(content);
    default:
      return CLASSES[tag] ? CLASSES[tag][2](content) : value;
  }
}
