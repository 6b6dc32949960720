// Hostile bytes: cut off, flipped, forged. What is read is right or refused, never something else.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { test } from 'node:test';
import { concat, equal, fromHex, hex } from '../lib/bytes.mjs';
import { Malformed } from '../lib/errors.mjs';
import { SignedHeader } from '../lib/header.mjs';
import { openEpochKey, openPayload, sealEpochKey, sealPayload, x25519PublicOf } from '../lib/keys.mjs';
import { makeLink, readLink } from '../lib/link.mjs';
import { Files, HeaderBody } from '../lib/messages.mjs';
import { ADD, APPEND, ASSIGN, COLLAPSE, COUNT, DISCARD, pack, padme, PATCH, PUT, REMOVE, unfold, unpack } from '../lib/payload.mjs';
import { fromJson, toJson } from '../lib/protojson.mjs';
import { checkPublicKey, publicKeyOf, sign, verifies } from '../lib/signatures.mjs';
import { isBytes, isInteger } from '../lib/value.mjs';
import { randomOf } from '../vectors/hostile.mjs';
import { foundedSpace } from './support/people.mjs';

/** Every test that draws prints its seed; SEED=… repeats it. */
function seeded(t) {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  t.diagnostic(`SEED=${seed}`);
  return randomOf(seed);
}

const below = (random, n) => Math.floor(random() * n);

function flipAnywhere(random, bytes) {
  const copy = Buffer.from(bytes);
  copy[below(random, copy.length)] ^= 1 << below(random, 8);
  return copy;
}

test('a header cut off anywhere is malformed or no longer signed', () => {
  const { founder } = foundedSpace();
  const { bytes } = founder.put().header;
  for (let length = 0; length < bytes.length; length++) {
    let header;
    try {
      header = SignedHeader.parse(bytes.subarray(0, length));
    } catch (error) {
      assert.ok(error instanceof Malformed);
      continue;
    }
    assert.equal(header.signedBy(founder.keys.signing), false);
  }
});

test('a header with any bit flipped is malformed or no longer signed', (t) => {
  const random = seeded(t);
  const { founder } = foundedSpace();
  const { bytes } = founder.put().header;
  for (let i = 0; i < 300; i++) {
    const altered = flipAnywhere(random, bytes);
    let header;
    try {
      header = SignedHeader.parse(altered);
    } catch (error) {
      assert.ok(error instanceof Malformed);
      continue;
    }
    assert.equal(header.signedBy(founder.keys.signing), false);
  }
});

test('unknown fields are passed over, and stay in what is signed', () => {
  const { founder } = foundedSpace();
  const { body, fields } = SignedHeader.parse(founder.put().header.bytes);
  const unknown = concat(fromHex('f80101'), fromHex('fa0103616263'), fromHex('fb01080afa01026869fc01'));
  const header = SignedHeader.parse(concat(body, unknown, Buffer.alloc(100)));
  assert.deepEqual(header.fields, fields);
  assert.equal(hex(header.body), hex(concat(body, unknown)));
  assert.throws(() => HeaderBody.decode(concat(body, fromHex('fb01'))), Malformed);
});

test('random bytes are no message, or one that can be written again', (t) => {
  const random = seeded(t);
  const { mesh } = foundedSpace();
  const good = Files.encode(mesh.files());
  for (let i = 0; i < 500; i++) {
    let message;
    try {
      message = Files.decode(flipAnywhere(random, good));
    } catch (error) {
      assert.ok(error instanceof Malformed, error.stack);
      continue;
    }
    assert.deepEqual(Files.decode(Files.encode(message)), message);
    assert.deepEqual(fromJson(Files, JSON.parse(JSON.stringify(toJson(Files, message)))), message);
  }
});

test('an altered payload does not open, nor one moved to another header', (t) => {
  const random = seeded(t);
  const key = randomBytes(32);
  const sealed = sealPayload(key, Buffer.from('plain'), Buffer.from('body'));
  assert.equal(openPayload(key, sealed, Buffer.from('body')).toString(), 'plain');
  for (let i = 0; i < 50; i++) assert.throws(() => openPayload(key, flipAnywhere(random, sealed), Buffer.from('body')), Malformed);
  assert.throws(() => openPayload(key, sealed, Buffer.from('bodz')), Malformed);
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => openPayload(key, sealed.subarray(0, length), Buffer.from('body')), Malformed);
  }
});

test('an altered envelope does not open, nor one of a key of small order', (t) => {
  const random = seeded(t);
  const privateKey = randomBytes(32);
  const epochKey = randomBytes(32);
  const sealed = sealEpochKey(epochKey, x25519PublicOf(privateKey));
  assert.ok(equal(openEpochKey(sealed, privateKey), epochKey));
  for (let i = 0; i < 30; i++) {
    const altered = flipAnywhere(random, sealed);
    if (altered[31] !== sealed[31]) continue; // X25519 passes over the highest bit; the envelope's hash is in the header
    assert.throws(() => openEpochKey(altered, privateKey), Malformed);
  }
  assert.throws(() => openEpochKey(concat(Buffer.alloc(32), sealed.subarray(32)), privateKey), Malformed);
  assert.throws(() => sealEpochKey(epochKey, Buffer.alloc(32)), Malformed);
});

test('keys of small order are refused with either sign', () => {
  for (const key of ['00'.repeat(32), '01' + '00'.repeat(31), 'ee' + 'ff'.repeat(30) + '7f', 'ee' + 'ff'.repeat(31)]) {
    assert.throws(() => checkPublicKey(fromHex(key)), Malformed);
  }
});

test('a signature is good in its own context alone', () => {
  const seed = randomBytes(32);
  const signature = sign('sealift.v1 join', seed, Buffer.from('x'));
  const key = publicKeyOf(seed);
  assert.equal(verifies('sealift.v1 join', key, signature, Buffer.from('x')), true);
  assert.equal(verifies('sealift.v1 tree head', key, signature, Buffer.from('x')), false);
  assert.equal(verifies('sealift.v1 join', key, signature.subarray(1), Buffer.from('x')), false);
});

test('a link with any character altered is refused, in words that do not show it', (t) => {
  const random = seeded(t);
  const { link } = foundedSpace();
  const start = link.indexOf('/join/') + '/join/'.length;
  assert.equal(makeLink(readLink(link)), link);
  for (let i = 0; i < 200; i++) {
    const place = start + below(random, link.length - start);
    const other = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_#'[below(random, 65)];
    if (other === link[place]) continue;
    assert.throws(
      () => readLink(link.slice(0, place) + other + link.slice(place + 1)),
      (error) => error instanceof Malformed && !error.message.includes(link.slice(start, start + 8)),
    );
  }
});

test('what was packed is unpacked, whatever the values', (t) => {
  const random = seeded(t);
  for (let i = 0; i < 100; i++) {
    const events = Array.from({ length: 1 + below(random, 20) }, (_, n) => anyEvent(random, BigInt(n + 1)));
    assert.deepEqual(unpack(pack(events)), events);
  }
});

const VALUES = [
  () => null,
  () => 0n,
  () => 2n ** 63n - 1n,
  () => -(2n ** 63n),
  (random) => BigInt(below(random, 1000)),
  () => 0.1,
  () => -Infinity,
  () => Number.MIN_VALUE,
  () => '',
  () => '\uFEFF😀',
  (random) => 'x'.repeat(below(random, 300)),
  () => Buffer.alloc(0),
  (random) => Buffer.from([below(random, 256)]),
];

const SHAPES = [
  { kind: PUT },
  { kind: PATCH },
  { kind: REMOVE, columns: 0 },
  { kind: ASSIGN, columns: 1 },
  { kind: COUNT, columns: 1, allows: isInteger },
  { kind: ADD, columns: 1, allows: (value) => value !== null },
  { kind: DISCARD, columns: 1, allows: (value) => value !== null },
  { kind: APPEND, columns: 1, allows: isBytes },
  { kind: COLLAPSE, columns: 1, allows: isBytes },
];

function anyEvent(random, time) {
  const { kind, columns, allows = () => true } = SHAPES[below(random, SHAPES.length)];
  const values = VALUES.map((of) => of(random)).filter(allows);
  const some = ['a', 'ß', 'c'].slice(0, columns ?? 1 + below(random, 3));
  const cells = new Map(some.map((column) => [column, values[below(random, values.length)]]));
  return { kind, table: ['t', 'u'][below(random, 2)], key: `k${below(random, 5)}`, time, seenSequence: 3n, cells };
}

test('an altered plaintext is refused or gives other events, and nothing else is thrown', (t) => {
  const random = seeded(t);
  const plaintext = pack(Array.from({ length: 20 }, (_, n) => anyEvent(random, BigInt(n + 1))));
  for (let i = 0; i < 500; i++) {
    try {
      unpack(flipAnywhere(random, plaintext));
    } catch (error) {
      assert.ok(error instanceof Malformed, error.stack);
    }
  }
});

test('a plaintext that unfolds to more than 16 MiB, or is padded otherwise, is refused', async () => {
  const { deflateRawSync } = await import('node:zlib');
  const bomb = deflateRawSync(Buffer.alloc(16 * 1024 * 1024 + 1));
  const plaintext = Buffer.alloc(padme(4 + bomb.length));
  plaintext.writeUInt32BE(bomb.length);
  bomb.copy(plaintext, 4);
  assert.throws(() => unfold(plaintext), Malformed);

  const good = pack([{ kind: PUT, table: 't', key: 'k', time: 1n, seenSequence: 0n, cells: new Map() }]);
  assert.throws(() => unfold(concat(good, Buffer.alloc(1))), Malformed);
  assert.throws(() => unfold(good.subarray(0, good.length - 1)), Malformed);
});
