// Two Yjs documents, edited offline on two devices, meet through Sealift. By hand: a mesh ('ops/sealift up'), 'npm ci', 'npm test'.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cell, Device } from './device.mjs';
import { merged, SharedText } from './shared-text.mjs';

test('what two people write offline in one text is all in it on both devices', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sealift-yjs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [a, b] = ['a', 'b'].map((name) => new Device(join(folder, name)));
  const [cellOfA, cellOfB] = [a, b].map((device) => new Cell(device, 'notes', 'n1', 'text'));
  a.found('notes', 'text');
  const onA = new SharedText(cellOfA);
  onA.text.insert(0, 'We need bread.');
  a.sync();
  b.join(a.invite());
  const onB = new SharedText(cellOfB).load();
  assert.equal(onB.toString(), 'We need bread.');

  // Offline: each writes, and takes something away, without having seen the other.
  onA.text.insert(8, 'milk and ');
  onA.text.delete(0, 2);
  onA.text.insert(0, 'Tomorrow we');
  onB.text.insert(onB.text.length, ' And salt.');
  onB.text.delete(13, 1);
  onB.text.insert(13, '!');
  meet(a, b);
  assert.equal(onA.load().toString(), 'Tomorrow we need milk and bread! And salt.');
  assert.equal(onB.load().toString(), onA.toString());
  assert.equal(cellOfA.updates().length, 7);

  // One device makes one update of all, while the other writes on.
  const updates = join(folder, 'updates');
  cellOfA.write(updates);
  assert.equal(cellOfA.collapse(merged(updates), updates).collapsed, 7);
  onB.text.insert(onB.text.length, ' And oil.');
  meet(a, b);
  const all = 'Tomorrow we need milk and bread! And salt. And oil.';
  assert.equal(cellOfB.updates().length, 2);
  assert.equal(new SharedText(cellOfA).load().toString(), all); // by a document that is new
  assert.equal(onB.load().toString(), all);

  // What comes between reading the updates and collapsing them is not lost: the device is told to read again.
  const early = join(folder, 'early');
  cellOfA.write(early);
  onB.text.insert(onB.text.length, ' And tea.');
  meet(a, b);
  assert.equal(cellOfA.collapse(merged(early), early).error, 'cell-changed');
  assert.equal(onA.load().toString(), `${all} And tea.`);
  const late = join(folder, 'late');
  cellOfA.write(late);
  assert.equal(cellOfA.collapse(merged(late), late).collapsed, 3);
  meet(a, b);
  assert.equal(new SharedText(cellOfB).load().toString(), onA.toString());
  assert.equal(a.digest(), b.digest());
});

function meet(a, b) {
  a.sync();
  b.sync();
  a.sync();
}
