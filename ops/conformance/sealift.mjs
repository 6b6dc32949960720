#!/usr/bin/env node
// A device on the command line. See README.md.
import { parseArgs } from 'node:util';
import { hex } from './lib/bytes.mjs';
import { CODECS } from './lib/codec.mjs';
import { Device, SCHEMA } from './lib/device.mjs';
import { mergeDigest, visibleDigest } from './lib/digest.mjs';
import { Failure, Malformed, Violation } from './lib/errors.mjs';
import { readCell, rowToJson, shownCells } from './lib/json.mjs';
import { isVisible } from './lib/merge.mjs';
import { checkKey, checkName, PATCH, PUT, REMOVE } from './lib/payload.mjs';
import { create, open, save } from './lib/store.mjs';
import { sync } from './lib/sync.mjs';

const USAGE = `Usage: node sealift.mjs COMMAND … --home DIR

  join LINK                          enter a space by a link, and fetch its data; what broke off, sync continues
  put TABLE KEY [COLUMN=VALUE …]     write a row: columns of the table that are not named become null
  patch TABLE KEY COLUMN=VALUE …     write the named columns only
  delete TABLE KEY                   remove a row
  declare TABLE KEYCOLUMN COLUMN:TYPE …
                                     say how a table is shown; types: any, integer, real, text, bytes
  get TABLE KEY                      show a row
  rows TABLE                         show all rows
  sync                               exchange with the mesh until nothing is left to send or fetch
  digest                             both digests, of the visible and of the merge state
  status                             where things stand

A VALUE is text; other types are named: n:int=5 r:real=1.5 b:base64=AAEC x:null=
Writes are kept in the home and sent by the next sync. Output is one JSON object a line; a failure is
{"error":"CODE","message":"…"} on standard error. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.

  --home DIR           folder of this device's keys and data (needed)
  --subprotocol NAME   ${Object.keys(CODECS).join(' or ')} (default: the first)
  --timeout-seconds N  give up a join or sync after N seconds (default 60)
  --mesh URL           go to another address than the link's
`;

const OPTIONS = {
  home: { type: 'string' },
  mesh: { type: 'string' },
  subprotocol: { type: 'string', default: 'sealift.v1' },
  'timeout-seconds': { type: 'string', default: '60' },
  help: { type: 'boolean', short: 'h', default: false },
};

class Usage extends Error {}

const COMMANDS = {
  join: [1, 1, join],
  put: [2, Infinity, (device, args) => write(device, ...args, (it) => Device.putOf(device, it))],
  patch: [3, Infinity, (device, args) => write(device, ...args, (it) => ({ ...it, kind: PATCH }))],
  delete: [2, 2, (device, args) => write(device, ...args, (it) => ({ ...it, kind: REMOVE }))],
  declare: [2, Infinity, (device, args) => declare(device, ...args)],
  get: [2, 2, (device, [table, key]) => get(device, table, key)],
  rows: [1, 1, (device, [table]) => rows(device, table)],
  sync: [0, 0, synchronize],
  digest: [0, 0, digest],
  status: [0, 0, status],
};

async function main() {
  const { values: options, positionals } = parse();
  if (options.help) return print(USAGE.trimEnd());
  const [name, ...args] = positionals;
  if (!Object.hasOwn(COMMANDS, name ?? '')) throw new Usage('which command?');
  const [least, most, run] = COMMANDS[name];
  if (args.length < least || args.length > most) throw new Usage(`${name} takes other arguments`);
  if (!options.home) throw new Usage('--home is needed');
  if (!CODECS[options.subprotocol]) throw new Usage('no such subprotocol');
  if (!/^[0-9]{1,6}$/.test(options['timeout-seconds'])) throw new Usage('--timeout-seconds is a number');
  const context = { ...options, timeoutMillis: Number(options['timeout-seconds']) * 1000 };
  if (name === 'join') return run(args, context);
  const device = open(options.home);
  if (options.mesh) device.mesh = options.mesh;
  return run(device, args, context);
}

function parse() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Usage(error.message);
  }
}

async function join([link], context) {
  const device = Device.joining(link);
  if (context.mesh) device.mesh = context.mesh;
  create(context.home, device);
  await synchronize(device, [], context);
}

async function synchronize(device, args, context) {
  const keep = () => save(context.home, device);
  await sync(device, { save: keep, subprotocol: context.subprotocol, timeoutMillis: context.timeoutMillis });
  keep();
  status(device);
}

const home = () => parse().values.home;

function write(device, table, key, ...rest) {
  const kindOf = rest.pop();
  const cells = new Map(rest.map(readCell));
  if (cells.size !== rest.length) throw new Usage('a column is named twice');
  keep(device, kindOf({ table: checkName(table), key: checkKey(key), cells }));
}

function declare(device, table, keyColumn, ...columns) {
  const cells = (keyColumnValue, type, position) =>
    new Map([['key_column', keyColumnValue], ['type', type], ['position', position]]);
  const put = (key, values) => keep(device, { kind: PUT, table: SCHEMA, key, cells: values });
  put(`t/${checkName(table)}`, cells(checkName(keyColumn), null, null));
  columns.forEach((argument, i) => {
    const [, column, type] = /^([^:]+):(any|integer|real|text|bytes)$/.exec(argument) ?? [];
    if (!column) throw new Usage('columns are declared as COLUMN:TYPE');
    put(`c/${table}/${checkName(column)}`, cells(null, type.toUpperCase(), BigInt(i)));
  });
}

function keep(device, event) {
  device.write(event, Date.now());
  save(home(), device);
}

function get(device, table, key) {
  const row = device.view().row(table, key);
  if (!row || !isVisible(row)) throw new Failure('no_row', 'there is no such row');
  printRow(key, row);
}

function rows(device, table) {
  for (const [key, row] of device.view().tables.get(table) ?? []) if (isVisible(row)) printRow(key, row);
}

const printRow = (key, row) => print(rowToJson(key, shownCells(row)));

function digest(device) {
  print(JSON.stringify({ visible: hex(visibleDigest(device.view())), merge: hex(mergeDigest(device.base)) }));
}

function status(device) {
  print(
    JSON.stringify({
      space: hex(device.log.space),
      device: hex(device.id),
      member: device.isMember(),
      position: Number(device.log.position),
      unsent: device.pending.length + device.unsentEvents().length,
      unreadable: device.unreadable,
    }),
  );
}

const print = (line) => process.stdout.write(`${line}\n`);

function explain(error) {
  if (error instanceof Violation) return ['violation', `${error.violation}: ${error.message}`, { violation: error.violation }];
  if (error instanceof Failure) return [error.code, error.message];
  if (error instanceof Malformed) return ['malformed', error.message];
  return ['internal', `a bug: ${error.stack}`];
}

main().catch((error) => {
  if (error instanceof Usage) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const [code, message, more] = explain(error);
  process.stderr.write(`${JSON.stringify({ error: code, message, ...more })}\n`);
  process.exitCode = 1;
});
