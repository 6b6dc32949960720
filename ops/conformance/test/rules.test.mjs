// Rules that no vector shows by themselves.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { concat } from '../lib/bytes.mjs';
import { writeTexts } from '../lib/column.mjs';
import { Malformed } from '../lib/errors.mjs';
import { SignedHeader } from '../lib/header.mjs';
import { makeLink, readLink } from '../lib/link.mjs';
import { Membership } from '../lib/membership.mjs';
import { EventsPayload } from '../lib/messages.mjs';
import { PUT, readEvents } from '../lib/payload.mjs';
import { series } from '../lib/series.mjs';
import { Mesh } from './support/mesh.mjs';
import { admitChange, foundedSpace, Person } from './support/people.mjs';

const read = ({ header }) => SignedHeader.parse(header.bytes);

const malformed = { code: 'MALFORMED' };

test('a genesis has seen nothing, and is a genesis', () => {
  const { founder } = foundedSpace();
  const seen = { sequence: 3n, root: randomBytes(32) };
  assert.throws(() => Membership.found(read(new Person(new Mesh()).genesis({}, { seen }))), malformed);
  assert.throws(() => Membership.found(read(founder.put())), malformed);
});

test('keys of invitations and joins have 32 bytes each', () => {
  const { mesh, founder, secret } = foundedSpace();
  const membership = Membership.found(read({ header: mesh.entries[0].header }));
  mesh.membership = { number: 1n, previous: membership.last };
  const keys = { ...founder.keys, hpke: randomBytes(31) };
  assert.throws(() => membership.apply(read(founder.invitation(secret, { keys })), 1n), malformed);
});

test('a device joins once', () => {
  const { mesh, founder } = foundedSpace();
  const secret = randomBytes(32);
  const genesis = Membership.found(read({ header: mesh.entries[0].header }));
  mesh.membership = { number: 1n, previous: genesis.last };
  const invitation = founder.invitation(secret);
  admitChange(mesh, invitation);
  const invited = genesis.apply(read(invitation), 1n);
  mesh.membership = { number: 2n, previous: invited.last };
  const joining = new Person(mesh);
  const join = joining.join(secret);
  const joined = invited.apply(read(join), 1n);
  mesh.membership = { number: 3n, previous: joined.last };
  joining.member = randomBytes(16);
  assert.throws(() => joined.apply(read(joining.join(secret)), 1n), malformed);
});

test('a header has at most 65,536 bytes', () => {
  const { founder } = foundedSpace();
  const { body } = read(founder.put());
  const withUnknownField = (length) => concat(body, Buffer.from([0xfa, 0x01, 0x80, 0x80, 0x03]), Buffer.alloc(49152), filler(length - body.length - 5 - 49152 - 100), Buffer.alloc(100));
  assert.equal(SignedHeader.parse(withUnknownField(65536)).bytes.length, 65536);
  assert.throws(() => SignedHeader.parse(withUnknownField(65537)), Malformed);
});

/** An unknown field of this many bytes, its tag and length included. */
function filler(length) {
  const content = length - 5;
  return concat(Buffer.from([0xfa, 0x01, (content & 127) | 128, ((content >> 7) & 127) | 128, content >> 14]), Buffer.alloc(content));
}

test('a link has at most 2,048 characters', () => {
  const parts = readLink(foundedSpace().link);
  const linkOf = (length) => makeLink({ ...parts, mesh: `ws://${'a'.repeat(length)}` });
  const rest = linkOf(1).length - 1;
  assert.equal(readLink(linkOf(2048 - rest)).mesh.length, 'ws://'.length + 2048 - rest);
  assert.throws(() => readLink(linkOf(2049 - rest)), Malformed);
});

const run = (more) => ({ kind: PUT, table: 't', rows: 1, times: series([1n]), keys: writeTexts(['k']), ...more });

const payloadOf = (...runs) => EventsPayload.encode({ version: 1, runs });

/** `n` events whose keys and times cost nothing. */
const many = (n, more) => run({ rows: n, times: Buffer.from([0, 2]), keys: Buffer.from([3, 1, 0, 2, 0x6b, 0, 0]), ...more });

const constant = (text) => concat(Buffer.from([1, 3]), Buffer.from(text));

test('a payload has as many runs, events and values as it may have, and no more', () => {
  assert.equal(readEvents(payloadOf(...new Array(16384).fill(run()))).length, 16384);
  assert.throws(() => readEvents(payloadOf(...new Array(16385).fill(run()))), Malformed);

  assert.equal(readEvents(payloadOf(many(65536))).length, 65536);
  assert.throws(() => readEvents(payloadOf(many(65536), run())), Malformed);
  assert.throws(() => readEvents(payloadOf(many(0xffffffff))), Malformed);
  assert.throws(() => readEvents(payloadOf(run({ rows: 0 }))), Malformed);

  const columns = (n) => Array.from({ length: n }, (_, i) => ({ name: `c${i}`, values: Buffer.from([0]) }));
  assert.equal(readEvents(payloadOf(many(4096, { columns: columns(256) }))).length, 4096);
  assert.throws(() => readEvents(payloadOf(many(4097, { columns: columns(256) }))), Malformed);
  assert.throws(() => readEvents(payloadOf(run({ columns: columns(257) }))), Malformed);
});

test('an event has at most 896 KiB, and all together 32 MiB, however little they cost to send', () => {
  const columnsOf = (...lengths) => lengths.map((length, i) => ({ name: `c${i}`, values: constant('x'.repeat(length)) }));
  const most = 896 * 1024 - 1 - 2; // less the key and two kinds
  assert.equal(readEvents(payloadOf(run({ columns: columnsOf(768 * 1024, most - 768 * 1024) }))).length, 1);
  assert.throws(() => readEvents(payloadOf(run({ columns: columnsOf(768 * 1024, most - 768 * 1024 + 1) }))), Malformed);
  assert.throws(() => readEvents(payloadOf(run({ columns: columnsOf(768 * 1024 + 1) }))), Malformed);

  const eachOf = (bytes) => many(64, { columns: columnsOf(bytes - 2) });
  assert.equal(readEvents(payloadOf(eachOf(512 * 1024))).length, 64);
  assert.throws(() => readEvents(payloadOf(eachOf(512 * 1024), run())), Malformed);
});
