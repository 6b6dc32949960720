// The home, and the command line as a person meets it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SCHEMA } from '../lib/device.mjs';
import { mergeDigest } from '../lib/digest.mjs';
import { readCell, rowToJson } from '../lib/json.mjs';
import { ADD, COUNT, DISCARD, PATCH, PUT } from '../lib/payload.mjs';
import { create, open, save } from '../lib/store.mjs';
import { exchange, joining } from './support/drive.mjs';
import { foundedSpace } from './support/people.mjs';

const PROGRAM = fileURLToPath(new URL('../sealift.mjs', import.meta.url));
const run = (...args) => spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', timeout: 60_000 });

function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'sealift-'));
  try {
    return use(join(folder, 'home'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A home in a space with a written row of every kind of value, that is not sent. */
function filledHome(home) {
  const { mesh, founder, link } = foundedSpace();
  const device = joining(link);
  create(home, device);
  mesh.admit(founder.put('hers'));
  exchange(device, mesh);
  const cells = new Map([['n', -(2n ** 63n)], ['r', -Infinity], ['t', '\uFEFF😀'], ['b', Buffer.from([0, 255])], ['x', null]]);
  device.write({ kind: PUT, table: 'things', key: 'mine', cells }, mesh.now);
  save(home, device);
  return { device, mesh, link };
}

test('a home that was closed is opened as it was, and goes on', () => {
  withFolder((home) => {
    const { device, mesh } = filledHome(home);
    const opened = open(home);
    assert.deepEqual(mergeDigest(opened.view()), mergeDigest(device.view()));
    assert.equal(exchange(opened, mesh).finished, true);
    assert.deepEqual(mergeDigest(opened.base), mergeDigest(device.view()));
  });
});

test('keys are readable by their owner alone, and stand in no other file', () => {
  withFolder((home) => {
    const { device } = filledHome(home);
    const keys = join(home, 'keys.json');
    assert.equal(statSync(keys).mode & 0o777, 0o600);
    for (const secret of [device.keys.seed, device.keys.hpkePrivate, device.secret, device.epochKey]) {
      assert.ok(readFileSync(keys, 'utf8').includes(secret.toString('base64')));
      assert.ok(!readFileSync(join(home, 'space.json'), 'utf8').includes(secret.toString('base64')));
    }
  });
});

test('a home is not joined twice', () => {
  withFolder((home) => {
    const { link } = filledHome(home);
    assert.throws(() => create(home, joining(link)), { code: 'home_taken' });
  });
});

test('commands write, show and count without a mesh', () => {
  withFolder((home) => {
    filledHome(home);
    assert.equal(run('patch', 'things', 'mine', 'n:int=9223372036854775807', '--home', home).status, 0);
    assert.equal(run('delete', 'things', 'hers', '--home', home).status, 0);
    const { stdout } = run('rows', 'things', '--home', home);
    assert.equal(stdout, '{"key":"mine","n":9223372036854775807,"r":"-Infinity","t":"\uFEFF😀","b":{"base64":"AP8="},"x":null}\n');
    assert.equal(JSON.parse(run('status', '--home', home).stdout).unsent, 3);
    assert.match(run('digest', '--home', home).stdout, /^\{"visible":"[0-9a-f]{64}","merge":"[0-9a-f]{64}"\}\n$/);
    const missing = run('get', 'things', 'hers', '--home', home);
    assert.deepEqual([missing.status, JSON.parse(missing.stderr).error], [1, 'no_row']);
  });
});

test('a home keeps compound cells, and shows them', () => {
  withFolder((home) => {
    const { device, mesh } = filledHome(home);
    const write = (kind, column, value) => device.write({ kind, table: 'things', key: 'parts', cells: new Map([[column, value]]) }, mesh.now);
    write(COUNT, 'n', 5n);
    for (const tag of ['a', 'b', 'c']) write(ADD, 'tags', tag);
    write(DISCARD, 'tags', 'b');
    exchange(device, mesh);
    save(home, device);
    assert.deepEqual(mergeDigest(open(home).base), mergeDigest(device.base));
    assert.equal(run('get', 'things', 'parts', '--home', home).stdout, '{"key":"parts","n":5,"tags":["a","c"]}\n');
  });
});

test('a put writes the columns that are declared as registers', () => {
  withFolder((home) => {
    const { device, mesh } = filledHome(home);
    const types = [['name', 'TEXT'], ['visits', 'COUNTER'], ['mood', 'MULTI_VALUE'], ['tags', 'SET'], ['log', 'UPDATES'], ['what', 'NEWER']];
    types.forEach(([column, type], i) => {
      const cells = new Map([['type', type], ['position', BigInt(i)]]);
      device.write({ kind: PUT, table: SCHEMA, key: `c/things/${column}`, cells }, mesh.now);
    });
    assert.deepEqual([...device.registersOf('things').keys()], ['name', 'what']);
  });
});

test('a write to a column of a group writes the whole group', () => {
  withFolder((home) => {
    const { device, mesh } = filledHome(home);
    for (const column of ['lat', 'lon']) {
      device.write({ kind: PUT, table: SCHEMA, key: `c/places/${column}`, cells: new Map([['type', 'ANY'], ['together', 'lat']]) }, mesh.now);
    }
    device.write({ kind: PUT, table: 'places', key: 'k', cells: new Map([['lat', 1n], ['lon', 2n]]) }, mesh.now);
    device.write({ kind: PATCH, table: 'places', key: 'k', cells: new Map([['lat', 3n]]) }, mesh.now);
    const { cells, groups } = device.pending.at(-1);
    assert.deepEqual([[...cells], [...groups]], [[['lat', 3n], ['lon', 2n]], [['lat', 1], ['lon', 1]]]);
  });
});

test('wrong usage is told apart from failure', () => {
  withFolder((home) => {
    assert.equal(run('--help').status, 0);
    for (const args of [[], ['dance', '--home', home], ['get', 't', '--home', home], ['sync'], ['sync', '--home', home, '--loudly'],
      ['sync', '--home', home, '--subprotocol', 'morse']]) {
      assert.equal(run(...args).status, 2, args.join(' '));
    }
    assert.equal(run('sync', '--home', home).status, 1);
    assert.equal(run('join', 'https://example.org/join/x#y', '--home', home).status, 1);
  });
});

test('cells are typed by what stands before the sign', () => {
  assert.deepEqual(readCell('a=b=c'), ['a', 'b=c']);
  assert.deepEqual(readCell('n:int=-5'), ['n', -5n]);
  assert.deepEqual(readCell('r:real=-0'), ['r', 0]);
  assert.deepEqual(readCell('x:null='), ['x', null]);
  for (const bad of ['a', '=1', 'n:int=1.5', 'n:int=9223372036854775808', 'r:real=', 'r:real=NaN', 'y:date=1', '1a=2']) {
    assert.throws(() => readCell(bad), bad);
  }
  assert.equal(rowToJson('k', [['n', 2n ** 60n]]), '{"key":"k","n":1152921504606846976}');
});
