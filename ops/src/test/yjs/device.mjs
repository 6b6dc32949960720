// A device as a person at a shell has it: Sealift's command line, a process a command, on a home of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND = process.env.DEVICE_COMMAND
  ? JSON.parse(process.env.DEVICE_COMMAND)
  : [fileURLToPath(new URL('../../../sealift', import.meta.url))];
const DEADLINE_MILLIS = 120_000;

export class Device {
  constructor(home) {
    this.home = home;
  }

  found(table, column) {
    this.run(['create']);
    this.run(['declare', '--table', table, '--key', 'id', `${column}:updates`]);
    this.sync();
  }

  invite() {
    return this.run(['invite'])[0].link;
  }

  join(link) {
    this.run(['join', link]);
  }

  sync() {
    this.run(['sync']);
  }

  digest() {
    return this.run(['digest'])[0].digest;
  }

  /** Runs a command that must succeed; answers with the objects that it prints. */
  run(args, input) {
    const { status, objects, stderr } = this.attempt(args, input);
    if (status !== 0) {
      throw new Error(`sealift ${args[0]} ended with ${status}: ${stderr}`);
    }
    return objects;
  }

  attempt(args, input) {
    const [program, ...first] = COMMAND;
    const ended = spawnSync(program, [...first, ...args, '--json', '--home', this.home], {
      input: input ?? '',
      timeout: DEADLINE_MILLIS,
      maxBuffer: 64 << 20,
    });
    if (ended.error) {
      throw ended.error;
    }
    const lines = ended.stdout.toString().split('\n').filter((line) => line !== '');
    return { status: ended.status, objects: lines.map((line) => JSON.parse(line)), stderr: ended.stderr.toString() };
  }
}

/** A cell of updates on a device. */
export class Cell {
  constructor(device, table, key, column) {
    this.device = device;
    this.place = ['--table', table, key, column];
  }

  append(update) {
    this.device.run(['cell', 'append', ...this.place, '-'], update);
  }

  updates() {
    const values = this.device.run(['cell', 'values', ...this.place]);
    return values.map(({ value }) => Buffer.from(value.base64, 'base64'));
  }

  /** Writes the updates to a folder, a file each. */
  write(folder) {
    this.device.run(['cell', 'values', ...this.place, '--output', folder]);
  }

  /** Writes one update in the place of those in the folder: the command's exit code, and what it printed. */
  collapse(update, folder) {
    const { status, objects } = this.device.attempt(['cell', 'collapse', ...this.place, '-', '--of', folder], update);
    return { status, ...objects[0] };
  }
}
