// A mesh that lies, and what section 17 calls each lie.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { atMillis } from '../lib/clock.mjs';
import { mergeDigest } from '../lib/digest.mjs';
import { Malformed, Violation } from '../lib/errors.mjs';
import { MEMBERSHIP, SignedHeader } from '../lib/header.mjs';
import { SignedIncarnation } from '../lib/incarnation.mjs';
import { payloadKey, sealPayload } from '../lib/keys.mjs';
import { READER } from '../lib/membership.mjs';
import { EventsPayload, PayloadAbsence, RefusalCode } from '../lib/messages.mjs';
import { fold, PUT } from '../lib/payload.mjs';
import { connection, CONNECT_NOTARY, connectNotaryParts, sign } from '../lib/signatures.mjs';
import { altering, exchange, joining } from './support/drive.mjs';
import { Mesh } from './support/mesh.mjs';
import { admitChange, foundedSpace, Person, RULES } from './support/people.mjs';

/** A space in which a device has joined and taken in everything. */
function joined(options) {
  const space = foundedSpace(options);
  const device = joining(space.link);
  const session = exchange(device, space.mesh);
  assert.equal(session.finished, true);
  const { membership } = device.log;
  space.mesh.membership = { number: membership.number + 1n, previous: membership.last };
  return { ...space, device };
}

/** The mesh's lie has this name, and nothing of it was applied. */
function assertViolation(violation, space, options) {
  const { device, mesh } = space;
  const before = { position: device.log.position, state: mergeDigest(device.view()) };
  assert.throws(
    () => exchange(device, mesh, options),
    (error) => {
      assert.ok(error instanceof Violation, `${error.stack}`);
      assert.equal(error.violation, violation);
      return true;
    },
  );
  assert.deepEqual({ position: device.log.position, state: mergeDigest(device.view()) }, before);
}

const write = (device, key, mesh) =>
  device.write({ kind: PUT, table: 'things', key, cells: new Map([['what', 'mine']]) }, mesh.now);

/** A mesh that says something else in its Welcome, and signs that. */
const saying = (mesh, lie) => altering('welcome', (it) => mesh.signed(lie(it)));

const flipped = (bytes) => {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] ^= 1;
  return copy;
};

test('a device joins, reads, writes and is done', () => {
  const space = joined();
  const { device, mesh, founder } = space;
  mesh.admit(founder.put('hers'));
  write(device, 'mine', mesh);

  assert.equal(exchange(device, mesh).finished, true);

  assert.equal(device.log.position, 5n);
  assert.deepEqual([...device.view().tables.get('things').keys()].sort(), ['hers', 'mine']);
  assert.equal(device.outbox.length + device.pending.length, 0);
});

test('a head that the notary did not sign is named, in whatever frame it comes', () => {
  for (const name of ['welcome', 'files', 'putResult']) {
    const space = joined();
    space.mesh.admit(space.founder.put());
    write(space.device, 'mine', space.mesh);
    const lie = (body) => ({ ...body, signedHead: flipped(body.signedHead) });
    const alter = name === 'welcome' ? saying(space.mesh, lie) : altering(name, lie);
    if (name === 'putResult') exchangeUntilPut(space);
    assertViolation('HEAD_NOT_SIGNED', space, { alter });
  }
});

/** So that what is tried next has nothing to read before it puts. */
function exchangeUntilPut({ device, mesh }) {
  assert.throws(() => exchange(device, mesh, { alter: altering('putResult', () => assert.fail('put')) }));
  mesh.pushed = undefined;
  const own = mesh.entries.pop();
  mesh.leaves.pop();
  assert.deepEqual(own.header.fields.device, device.id);
}

test('a head in Advanced is checked too', () => {
  const space = joined();
  const alter = (frame) =>
    frame.welcome ? [frame, { advanced: { signedHead: flipped(space.mesh.head().bytes) } }] : [frame];
  assertViolation('HEAD_NOT_SIGNED', space, { alter });
});

test('a Welcome that the notary did not sign for this connection is not believed', () => {
  const before = joined();
  const heard = [];
  exchange(before.device, before.mesh, { alter: altering('welcome', (it) => void heard.push(it)) });
  const { mesh, founder, device } = before;
  const held = mesh.head().bytes;
  mesh.admit(founder.put());
  const begun = SignedIncarnation.make(mesh.seed, { ...mesh.seen(3n), space: mesh.space, number: 1, size: 3n, knownSize: 3n, serverTimeMillis: 1n });
  const lies = [
    (it) => ({ ...it, signature: flipped(it.signature) }),
    (it) => ({ ...it, signature: undefined }),
    (it) => ({ ...it, signedHead: held }),
    (it) => ({ ...it, known: false, signedHead: undefined }),
    (it) => ({ ...it, serverTimeMillis: it.serverTimeMillis + 1n }),
    (it) => ({ ...it, recoveringMillis: 1n }),
    (it) => ({ ...it, incarnations: [begun.bytes] }),
    () => heard[0],
  ];
  const { position, incarnation } = device.log;
  for (const lie of lies) {
    assert.throws(() => exchange(device, mesh, { alter: altering('welcome', lie) }), { code: 'wrong_mesh' });
    assert.deepEqual({ position: device.log.position, incarnation: device.log.incarnation }, { position, incarnation });
  }
  assert.equal(exchange(device, mesh).finished, true);
  assert.equal(device.log.position, mesh.size());
});

test('a malformed Welcome ends the connection', () => {
  const { device, mesh } = joined();
  const malformed = [{ known: false }, { signedHead: undefined }, { signedHead: mesh.head().bytes.subarray(1) }, { incarnations: [Buffer.alloc(156)] }];
  for (const change of malformed) {
    const alter = altering('welcome', (it) => ({ ...it, ...change }));
    assert.throws(() => exchange(device, mesh, { alter }), (error) => error.constructor === Malformed);
  }
});

test('a log that is smaller than the one known is named', () => {
  const space = joined();
  assertViolation('ROLLED_BACK', space, { alter: saying(space.mesh, (it) => ({ ...it, signedHead: space.mesh.head(1n).bytes })) });
});

test('a smaller log than the inviter had is named at the first connection', () => {
  const space = foundedSpace();
  assertViolation('ROLLED_BACK', { ...space, device: joining(space.link) }, {
    alter: saying(space.mesh, (it) => ({ ...it, signedHead: space.mesh.head(1n).bytes })),
  });
});

test('another log of the same size is named', () => {
  const space = joined();
  const { mesh } = space;
  mesh.leaves[0] = randomBytes(32);
  assertViolation('FORKED', space);
});

test('an older head of another log is named', () => {
  const space = joined();
  const { mesh, founder } = space;
  mesh.admit(founder.put());
  const alter = altering('files', (it) => {
    mesh.leaves[0] = randomBytes(32);
    return { ...it, signedHead: mesh.head(2n).bytes };
  });
  assertViolation('FORKED', space, { alter });
});

test('a head that was shown, and is not on the way of the log that follows, is named', () => {
  const space = joined();
  const { mesh, founder, device } = space;
  const honest = mesh.leaves.length;
  mesh.admit(founder.put('one'));
  const shown = mesh.head();
  device.log.takeHead(shown.bytes);
  mesh.entries.length = honest;
  mesh.leaves.length = honest;
  founder.chain = { counter: 2n, file: mesh.entries[1].header.fileId };
  mesh.admit(founder.put('another'));
  mesh.admit(founder.put('and one more'));
  assertViolation('FORKED', space);
});

test('a gap, a foreign file, an altered time and a wrong proof alter the log', () => {
  const other = foundedSpace();
  const stranger = other.founder.put();
  const alterations = [
    (it) => ({ ...it, firstSequence: it.firstSequence + 1n }),
    (it) => ({ ...it, firstSequence: 0n }),
    (it) => ({ ...it, entries: [{ ...it.entries[0], signedHeader: stranger.header.bytes }] }),
    (it) => ({ ...it, entries: [{ ...it.entries[0], signedHeader: other.mesh.entries[0].signedHeader }] }),
    (it) => ({ ...it, entries: it.entries.map((entry) => ({ ...entry, serverTimeMillis: entry.serverTimeMillis + 1n })) }),
    (it) => ({ ...it, entries: it.entries.map((entry) => ({ ...entry, base: 1n })) }),
    (it) => ({ ...it, consistency: [randomBytes(32)] }),
    (it, mesh) => ({ ...it, signedHead: mesh.head(3n).bytes }),
  ];
  for (const change of alterations) {
    const space = joined();
    space.mesh.admit(space.founder.put());
    assertViolation('LOG_ALTERED', space, { alter: altering('files', (it) => change(it, space.mesh)) });
  }
});

test('an entry left out in the middle is named', () => {
  const space = joined();
  ['a', 'b', 'c'].forEach((key) => space.mesh.admit(space.founder.put(key)));
  const drop = (it) => ({ ...it, entries: [it.entries[0], it.entries[2]], consistency: [] });
  assertViolation('CHAIN_BROKEN', space, { alter: altering('files', drop) });
});

test('a genesis that names another notary breaks the membership', () => {
  const space = foundedSpace({ genesis: { notary: new Mesh(randomBytes(32)).notary } });
  assertViolation('MEMBERSHIP_BROKEN', { ...space, device: joining(space.link) });
});

test('a join by a used up, expired or forged invitation, and a link of the chain left out, break the membership', () => {
  const lies = [
    ({ mesh, secret }) => mesh.admit(new Person(mesh).join(secret, { invitationSignature: randomBytes(64) })),
    ({ mesh }) => mesh.admit(new Person(mesh).join(randomBytes(32))),
    ({ mesh, secret }) => mesh.admit(new Person(mesh).join(secret), BigInt(mesh.now + 2 * 86_400_000)),
    ({ mesh, founder }) => mesh.admit(founder.invitation(randomBytes(32), { uses: 10001 })),
    ({ mesh, founder }) => {
      mesh.membership = { ...mesh.membership, number: 7n };
      mesh.admit(founder.invitation(randomBytes(32)));
    },
  ];
  for (const lie of lies) {
    const space = joined();
    lie(space);
    assertViolation('MEMBERSHIP_BROKEN', space);
  }
});

test('a third join by an invitation for two breaks the membership', () => {
  const space = joined();
  admitChange(space.mesh, new Person(space.mesh).join(space.secret));
  admitChange(space.mesh, new Person(space.mesh).join(space.secret));
  assertViolation('MEMBERSHIP_BROKEN', space);
});

test('files of strangers and events of readers are named', () => {
  const stranger = joined();
  stranger.mesh.admit(new Person(stranger.mesh).put());
  assertViolation('AUTHOR_NOT_A_MEMBER', stranger);

  const space = joined();
  const secret = randomBytes(32);
  admitChange(space.mesh, space.founder.invitation(secret, { role: READER }));
  const reader = new Person(space.mesh, space.founder.epochKey);
  admitChange(space.mesh, reader.join(secret));
  space.mesh.admit(reader.put());
  assertViolation('AUTHOR_NOT_A_MEMBER', space);
});

test('a forged signature is named', () => {
  const space = joined();
  const file = space.founder.put();
  space.mesh.admit({ ...file, header: SignedHeader.parse(flipped(file.header.bytes)) });
  assertViolation('FILE_NOT_SIGNED', space);
});

test('a chain with a gap, a repetition or another file before is named', () => {
  const chains = [
    ({ counter, file }) => ({ counter: counter + 1n, file }),
    ({ counter, file }) => ({ counter: counter - 1n, file }),
    ({ counter }) => ({ counter, file: randomBytes(32) }),
  ];
  for (const chain of chains) {
    const space = joined();
    space.founder.chain = chain(space.founder.chain);
    space.mesh.admit(space.founder.put());
    assertViolation('CHAIN_BROKEN', space);
  }
});

test('server time that stands still, and a file stamped too far ahead, are named', () => {
  const still = joined();
  still.mesh.admit(still.founder.put(), BigInt(still.mesh.now));
  assertViolation('TIME_BROKEN', still);

  const ahead = joined();
  ahead.mesh.admit(ahead.founder.put('k', { hybridTime: atMillis(ahead.mesh.now + 300_002) }));
  assertViolation('TIME_BROKEN', ahead);
});

test('a payload left out without being asked is missing', () => {
  for (const absence of [PayloadAbsence.values.PAYLOAD_ABSENCE_OWN, PayloadAbsence.values.PAYLOAD_ABSENCE_RECLAIMED]) {
    const space = joined();
    space.mesh.admit(space.founder.put());
    const leaveOut = (it) => ({ ...it, entries: [{ ...it.entries[0], payload: undefined, absence }] });
    assertViolation('PAYLOAD_MISSING', space, { alter: altering('files', leaveOut) });
  }
});

test('an altered payload is named', () => {
  const alterations = [flipped, (it) => it.subarray(1), () => Buffer.alloc(0)];
  for (const change of alterations) {
    const space = joined();
    space.mesh.admit(space.founder.put());
    const alter = (it) => ({ ...it, entries: [{ ...it.entries[0], payload: change(it.entries[0].payload) }] });
    assertViolation('PAYLOAD_ALTERED', space, { alter: altering('files', alter) });
  }
});

test('a receipt whose path does not lead to the head is false', () => {
  const forgeries = [
    (it) => ({ ...it, sequence: it.sequence - 1n }),
    (it) => ({ ...it, sequence: 0n }),
    (it) => ({ ...it, serverTimeMillis: it.serverTimeMillis + 1n }),
    (it) => ({ ...it, path: it.path.slice(1) }),
    (it) => ({ ...it, path: [...it.path, randomBytes(32)] }),
  ];
  for (const forge of forgeries) {
    const space = joined();
    write(space.device, 'mine', space.mesh);
    const alter = altering('putResult', (it) => ({ ...it, outcomes: [{ receipt: forge(it.outcomes[0].receipt) }] }));
    assertViolation('RECEIPT_FALSE', space, { alter });
  }
});

test('a receipt for a place where the log shows another file is named', () => {
  const space = joined();
  const { device, mesh, founder } = space;
  write(device, 'mine', mesh);
  const first = mesh.leaves.length;
  assert.throws(() => exchange(device, mesh, { alter: (frame) => (frame.files ? assert.fail('lost') : [frame]) }));
  mesh.entries.length = first;
  mesh.leaves.length = first;
  mesh.admit(founder.put('hers'));
  device.log.heads = [];
  assertViolation('RECEIPT_NOT_HONOURED', space);
});

test('an epoch key that the log did not commit to is named', () => {
  const space = foundedSpace({ genesis: { epochCommitment: randomBytes(32) } });
  assertViolation('KEY_NOT_COMMITTED', { ...space, device: joining(space.link) });
});

test('a file whose author saw another log is named', () => {
  const views = [
    (mesh) => ({ sequence: 2n, root: randomBytes(32) }),
    (mesh) => ({ sequence: mesh.size() + 1n, root: randomBytes(32) }),
  ];
  for (const seen of views) {
    const space = joined();
    space.mesh.admit(space.founder.put('k', { seen: seen(space.mesh) }));
    assertViolation('SEEN_ANOTHER_LOG', space);
  }
});

test('a mesh that denies a head that it signed has forked the log', () => {
  const space = joined();
  write(space.device, 'mine', space.mesh);
  const code = RefusalCode.values.REFUSAL_CODE_UNKNOWN_HEAD;
  const alter = (frame) => {
    if (!frame.putResult) return frame.files ? [] : [frame];
    space.mesh.entries.pop();
    space.mesh.leaves.pop();
    return [{ putResult: { request: frame.putResult.request, outcomes: [{ refusal: { code } }] } }];
  };
  assertViolation('FORKED', space, { alter });
});

test('who cannot prove to be the notary is not talked to', () => {
  const space = joined();
  const impostor = new Mesh(randomBytes(32));
  for (const change of [(it) => ({ ...it, notary: impostor.notary }), (it) => ({ ...it, signature: flipped(it.signature) }),
    (it) => ({ ...it, serverTimeMillis: it.serverTimeMillis + 1n })]) {
    assert.throws(() => exchange(space.device, space.mesh, { alter: altering('challenge', change) }), { code: 'wrong_mesh' });
  }
});

test('a version that was not offered, and frames out of place, end the connection', () => {
  const space = joined();
  const newer = (it) => {
    const parts = { ...it, version: 2 };
    const bytes = connection({ version: 2, notary: it.notary, space: space.mesh.space, clientNonce: nonce, serverNonce: it.serverNonce });
    return { ...parts, signature: sign(CONNECT_NOTARY, space.mesh.seed, ...connectNotaryParts(bytes, it.serverTimeMillis)) };
  };
  let nonce;
  const challenge = space.mesh.challenge.bind(space.mesh);
  space.mesh.challenge = (hello) => {
    nonce = hello.clientNonce;
    return newer(challenge(hello));
  };
  assert.throws(() => exchange(space.device, space.mesh), (error) => error.constructor === Malformed);
  space.mesh.challenge = challenge;

  for (const stray of [{ welcome: space.mesh.welcome() }, { hello: {} }, { putResult: { request: 9n } }, { files: { request: 5n } }, {}]) {
    const alter = (frame) => (frame.welcome ? [frame, stray] : [frame]);
    assert.throws(() => exchange(space.device, space.mesh, { alter }), (error) => error.constructor === Malformed);
  }
});

const BY_ARRIVAL = { genesis: { rules: { ...RULES, rankRule: 1, lateAfterMillis: 1_000n } } };

test('in a space that is ranked by arrival what came later stands, whoever wrote it later', () => {
  const { device, mesh, founder } = joined(BY_ARRIVAL);
  const write = () => device.write({ kind: PUT, table: 'things', key: 'it', cells: new Map([['what', 'mine']]) }, mesh.now);
  const what = (state) => state.row('things', 'it').cells.get('what').value;
  write();
  mesh.now += 500;
  mesh.admit(founder.put('it'));
  exchange(device, mesh);
  assert.equal(what(device.base), 'mine');
  write();
  mesh.now += 5_000;
  mesh.admit(founder.put('it', { hybridTime: atMillis(mesh.now) }));
  exchange(device, mesh);
  assert.notEqual(what(device.base), 'mine');
  assert.equal(device.places.length, Number(mesh.size()));
});

test('a base that is not the place of the file before is named, and so is one where files have no places', () => {
  for (const [options, base] of [[BY_ARRIVAL, 0n], [BY_ARRIVAL, 1n], [{}, 1n]]) {
    const space = joined(options);
    space.mesh.admit(space.founder.put(), undefined, base);
    assertViolation('BASE_FALSE', space);
  }
});

test('a base counts what a file builds on in other chains', () => {
  const there = ({ device }) => ({ device: device.id, counter: 1n, file: device.log.chainOf(device.id).file });
  const { device, mesh, founder } = joined(BY_ARRIVAL);
  const joining = mesh.entries.at(-1).serverTimeMillis;
  mesh.admit(founder.put('it', { buildsOn: [there({ device })] }));
  assert.equal(mesh.entries.at(-1).base, joining);
  exchange(device, mesh);
  assert.equal(device.log.position, mesh.size());

  const space = joined(BY_ARRIVAL);
  space.mesh.admit(space.founder.put('it', { buildsOn: [there(space)] }), undefined, space.mesh.entries.at(-2).serverTimeMillis);
  assertViolation('BASE_FALSE', space);
});

test('a file stands behind what it builds on, or is named', () => {
  const there = (device) => ({ device: device.id, counter: 1n, file: device.log.chainOf(device.id).file });
  const { device, mesh, founder } = joined();
  mesh.admit(founder.put('it', { buildsOn: [there(device)] }));
  exchange(device, mesh);
  assert.equal(device.log.position, mesh.size());

  for (const other of [{ counter: 2n }, { file: new Uint8Array(32) }, { device: new Uint8Array(32) }]) {
    const space = joined();
    space.mesh.admit(space.founder.put('it', { buildsOn: [{ ...there(space.device), ...other }] }));
    assertViolation('BUILDS_ON_MISSING', space);
  }
});

test('a mesh that has lost the space is told of', () => {
  const space = joined();
  const alter = saying(space.mesh, () => ({ known: false }));
  assert.throws(() => exchange(space.device, space.mesh, { alter }), { code: 'space_lost' });
});

test('a payload that does not open is counted and passed over', () => {
  const space = joined();
  const { device, mesh, founder } = space;
  const wrongKey = new Person(mesh);
  Object.assign(wrongKey, { seed: founder.seed, id: founder.id, chain: founder.chain });
  mesh.admit(wrongKey.put('unreadable'));
  founder.chain = wrongKey.chain;
  mesh.admit(founder.put('readable'));

  exchange(device, mesh);

  assert.equal(device.unreadable, 1);
  assert.deepEqual([...device.view().tables.get('things').keys()], ['readable']);
});

test('events later than their file are passed over', () => {
  const space = joined();
  const { device, mesh, founder } = space;
  const time = atMillis(mesh.now);
  mesh.admit(founder.events([{ kind: PUT, table: 't', key: 'k', time: time + 1n, seenSequence: 0n, cells: new Map() }], { hybridTime: time }));
  exchange(device, mesh);
  assert.equal(device.unreadable, 1);
});

test('a file from ahead of time waits, with what is behind it', () => {
  const space = joined();
  const { device, mesh, founder } = space;
  const now = mesh.now;
  mesh.admit(founder.put('before'));
  mesh.now += 600_000;
  mesh.admit(founder.put('ahead'));
  mesh.now += 1;
  mesh.admit(founder.put('behind'));
  const later = mesh.now;
  mesh.now = now;

  assert.throws(() => exchange(device, mesh), { code: 'ahead_of_time' });
  assert.deepEqual([...device.view().tables.get('things').keys()], ['before']);

  mesh.now = later;
  exchange(device, mesh);
  assert.equal(device.view().tables.get('things').size, 3);
});

test('files and payloads of a newer version stop the device where it is', () => {
  const makers = [
    ({ founder }) => founder.put('k', { version: 2 }),
    ({ founder }) => founder.put('k', { kind: 9 }),
    ({ founder, mesh }) => founder.file({ kind: MEMBERSHIP, membership: { ...mesh.membership } }, () => Buffer.alloc(0)),
    ({ founder }) => {
      const plaintext = fold(EventsPayload.encode({ version: 3, runs: [] }));
      return founder.file({ kind: 1 }, (body, salt) => sealPayload(payloadKey(founder.epochKey, salt), plaintext, body));
    },
  ];
  for (const make of makers) {
    const space = joined();
    const { device, mesh, founder } = space;
    mesh.admit(founder.put('before'));
    mesh.admit(make(space));
    mesh.admit(founder.put('behind'));

    assert.throws(() => exchange(device, mesh), { code: 'update_needed' });

    assert.equal(device.log.position, 4n);
    assert.deepEqual([...device.view().tables.get('things').keys()], ['before']);
  }
});

test('writes too far ahead of the mesh are moved back, in order', () => {
  const space = joined();
  const { device, mesh } = space;
  const now = mesh.now;
  device.offsetMillis = 3_600_000;
  ['a', 'b', 'c'].forEach((key) => write(device, key, mesh));

  exchange(device, mesh, { now });

  assert.equal(device.log.position, 4n);
  const times = ['a', 'b', 'c'].map((key) => device.base.row('things', key).marker.time);
  assert.ok(times[0] < times[1] && times[1] < times[2]);
  assert.ok(times[2] >> 16n <= BigInt(now) + 300_000n);
});

test('a second copy of the home is noticed, read, and written behind', () => {
  const space = joined();
  const { device, mesh, founder } = space;
  const copy = new Person(mesh, founder.epochKey);
  Object.assign(copy, { seed: device.keys.seed, id: device.id, chain: device.log.chainOf(device.id) });
  mesh.admit(copy.put('by the copy'));
  write(device, 'mine', mesh);

  assert.throws(() => exchange(device, mesh));
  assert.equal(device.otherCopy, true);
  exchange(device, mesh);

  assert.deepEqual([...device.view().tables.get('things').keys()].sort(), ['by the copy', 'mine']);
  assert.equal(device.log.chainOf(device.id).counter, 3n);
  assert.equal(device.otherCopy, false);
});
