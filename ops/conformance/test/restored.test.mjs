// A mesh that was restored from an older state: section 12, incarnations.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mergeDigest } from '../lib/digest.mjs';
import { Violation } from '../lib/errors.mjs';
import { SignedIncarnation } from '../lib/incarnation.mjs';
import { RefusalCode } from '../lib/messages.mjs';
import { PUT } from '../lib/payload.mjs';
import { open, save } from '../lib/store.mjs';
import { altering, exchange, joining } from './support/drive.mjs';
import { foundedSpace } from './support/people.mjs';

const JOINED = 3;

/** A device that joined, then wrote twice and read what the founder wrote between: five files behind genesis and invitation. */
function written() {
  const space = foundedSpace();
  const device = joining(space.link);
  const { mesh, founder } = space;
  exchange(device, mesh);
  for (const key of ['first', 'second']) {
    mesh.admit(founder.put(`hers ${key}`));
    write(device, mesh, `mine ${key}`);
    exchange(device, mesh);
  }
  assert.equal(device.log.position, 7n);
  return { ...space, device, digest: mergeDigest(device.view()), before: filesOf(mesh) };
}

const write = (device, mesh, key) =>
  device.write({ kind: PUT, table: 'things', key, cells: new Map([['what', 'mine']]) }, mesh.now);

const filesOf = (mesh) => mesh.entries.map(({ signedHeader, serverTimeMillis }) => [signedHeader.toString('hex'), serverTimeMillis]);

/** As it is found by the next process. */
function reopened(device) {
  const home = mkdtempSync(join(tmpdir(), 'sealift-'));
  try {
    save(home, device);
    return open(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}

function assertGoesOn({ device, mesh, founder, digest }) {
  assert.deepEqual(mergeDigest(device.view()), digest);
  founder.chain = device.log.chainOf(founder.id);
  mesh.admit(founder.put('later'));
  write(device, mesh, 'mine later');
  assert.equal(exchange(device, mesh).finished, true);
  assert.equal(device.log.position, mesh.size());
  assert.deepEqual([device.outbox, device.displaced, device.pending], [[], [], []]);
  assert.ok(device.view().row('things', 'later') && device.view().row('things', 'mine later'));
}

for (const left of [0, JOINED, 5]) {
  test(`a mesh that has ${left} files left gets the others back at their old places`, () => {
    const space = written();
    const { mesh, before } = space;
    mesh.recover(left);
    const device = reopened(space.device);

    assert.throws(() => exchange(device, mesh), { code: 'try_again', retryAfterMillis: 5000 });

    assert.deepEqual(filesOf(mesh), before);
    assert.throws(() => exchange(device, mesh), { code: 'try_again' }, 'nothing more to bring');
    mesh.goOn();
    assertGoesOn({ ...space, device: reopened(device) });
    assert.equal(mesh.size(), 9n);
  });
}

test('what a mesh has lost for good is put once more, files of others first, and nothing is said twice', () => {
  const space = written();
  const { mesh, device, before } = space;
  mesh.recover(JOINED + 1);
  mesh.goOn(7n);
  write(device, mesh, 'waits');

  exchange(device, mesh);

  const { digest: ignored, ...rest } = space;
  assert.equal(mesh.size(), 8n);
  assert.equal(device.log.position, 8n);
  const places = filesOf(mesh).map(([file]) => before.findIndex(([was]) => was === file));
  assert.deepEqual(places, [0, 1, 2, 3, 5, 4, 6, -1]);
  assertGoesOn({ ...rest, device: reopened(device), digest: mergeDigest(device.view()) });
});

test('one that was away through two incarnations takes both', () => {
  const space = written();
  const { mesh, device } = space;
  mesh.recover(6);
  mesh.goOn(7n);
  mesh.recover(4);
  mesh.goOn(6n);

  exchange(device, mesh);

  assert.equal(device.log.incarnation, 2);
  assert.equal(mesh.size(), 7n);
  assertGoesOn(space);
});

test('an author may have seen what is lost, if the file was made by then', () => {
  const space = written();
  const { mesh, device, founder } = space;
  const seen = mesh.seen();
  const ofThen = founder.put('of then', { seen });
  const chain = founder.chain;
  mesh.recover(6);
  mesh.goOn(7n);
  exchange(device, mesh);
  mesh.admit(ofThen);
  founder.chain = chain;
  exchange(device, mesh);
  assert.ok(device.view().row('things', 'of then'));

  mesh.now += 10 * 60_000;
  mesh.admit(founder.put('of now', { seen }));
  assert.throws(() => exchange(device, mesh), violation('SEEN_ANOTHER_LOG'));
});

const violation = (name) => (error) => error instanceof Violation && error.violation === name;

function forged(mesh, change, seed = mesh.seed) {
  const { space, number, size, root, knownSize, serverTimeMillis } = mesh.incarnations[0];
  return SignedIncarnation.make(seed, { space, number, size, root, knownSize, serverTimeMillis, ...change });
}

test('an incarnation that another signed, of another space or of another log is named, and nothing is forgotten', () => {
  const lies = [
    ['HEAD_NOT_SIGNED', (mesh) => forged(mesh, {}, Buffer.alloc(32, 5))],
    ['HEAD_NOT_SIGNED', (mesh) => forged(mesh, { space: Buffer.alloc(32, 5) })],
    ['FORKED', (mesh) => forged(mesh, { root: Buffer.alloc(32, 5) })],
  ];
  for (const [name, lie] of lies) {
    const { mesh, device } = written();
    mesh.recover(5);
    mesh.goOn(7n);
    mesh.incarnations[0] = lie(mesh);

    assert.throws(() => exchange(device, mesh), violation(name));

    assert.deepEqual([device.log.position, device.log.incarnation, device.outbox], [7n, 0, []]);
  }
});

test('a mesh that goes back behind its incarnation, or behind its log without a word, has rolled back', () => {
  const space = written();
  const { mesh, device } = space;
  mesh.recover(7);
  mesh.goOn();
  exchange(device, mesh);
  mesh.incarnations = [];
  assert.throws(() => exchange(device, mesh), violation('ROLLED_BACK'));

  const other = written();
  other.mesh.entries.pop();
  other.mesh.leaves.pop();
  assert.throws(() => exchange(other.device, other.mesh), violation('ROLLED_BACK'));
});

test('a mesh that recovers and denies a head that it signed has forked the log', () => {
  const { mesh, device } = written();
  mesh.recover(4);
  const refusal = { code: RefusalCode.values.REFUSAL_CODE_UNKNOWN_HEAD };
  const alter = altering('putResult', ({ request, outcomes }) => ({ request, outcomes: outcomes.map(() => ({ refusal })) }));
  assert.throws(() => exchange(device, mesh, { alter }), violation('FORKED'));
});

test('a head of an incarnation that no Welcome told of brings the device back to ask', () => {
  const { mesh, device, founder } = written();
  const alter = altering('welcome', (it) => {
    mesh.goOn();
    return it;
  });
  mesh.admit(founder.put('more'));
  assert.throws(() => exchange(device, mesh, { alter }), { code: 'try_again' });
});

test('a head that promised more than the new incarnation has counts no more', () => {
  const { mesh, device, founder } = written();
  mesh.admit(founder.put('never read'));
  device.log.takeHead(mesh.head().bytes);
  mesh.recover(7);
  mesh.goOn(8n);

  exchange(device, mesh);

  assert.equal(device.log.knownSize(), 7n);
});
