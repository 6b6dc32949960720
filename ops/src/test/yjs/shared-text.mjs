// A text that people on several devices write: a Yjs document whose updates are kept in a cell of Sealift.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Y from 'yjs';

export class SharedText {
  constructor(cell) {
    this.cell = cell;
    this.doc = new Y.Doc();
    this.text = this.doc.getText('text');
    this.doc.on('update', (update, origin) => {
      if (origin !== this) {
        cell.append(update); // an edit of this device, and nothing that came from the cell
      }
    });
  }

  /** Takes in what the cell has. What the document has already makes no difference, nor does the order. */
  load() {
    this.doc.transact(() => this.cell.updates().forEach((update) => Y.applyUpdate(this.doc, update, this)), this);
    return this;
  }

  toString() {
    return this.text.toString();
  }
}

/** One update of those in a folder. */
export function merged(folder) {
  return Y.mergeUpdates(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}
