// Runs vectors, strictly: whatever is not as protocol/vectors/README.md says is a failure, never passed over.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hex } from '../lib/bytes.mjs';
import { DoesNotOpen, Malformed, Refusal, TooNew, Violation } from '../lib/errors.mjs';
import { sha256 } from '../lib/ids.mjs';
import * as content from './content.mjs';
import * as files from './files.mjs';
import * as identity from './identity.mjs';
import { Inputs, must } from './inputs.mjs';
import * as log from './log.mjs';

const FORMAT = 1;
const REFUSED_NAME = /^(refused|malformed|newer)\b/;

/** For each file, what computes a case's results from its inputs; by kind where there are several. */
const RUNNERS = {
  ids: identity.ids,
  signatures: identity.signatures,
  'hybrid-time': identity.hybridTime,
  clock: identity.clock,
  'file-headers': files.fileHeaders,
  membership: files.membership,
  keys: files.keys,
  'payload-sealing': files.payloadSealing,
  links: files.links,
  values: content.values,
  'payload-series': content.payloadSeries,
  'payload-columns': content.payloadColumns,
  payloads: content.payloads,
  merging: content.merging,
  digests: content.digests,
  log: log.log,
  'tree-heads': log.treeHeads,
  positions: log.positions,
  receipts: log.receipts,
  connections: identity.connections,
  welcomes: identity.welcomes,
  frames: log.frames,
  session: log.session,
};

/** All vector files of a folder, as [name, content]. */
export function readFolder(folder) {
  const names = readdirSync(folder).filter((name) => name !== 'README.md').sort();
  must(names.length > 0, 'no vectors');
  return names.map((name) => {
    must(name.endsWith('.json'), `${name} is not a file of vectors`);
    return [name.slice(0, -'.json'.length), JSON.parse(readFileSync(join(folder, name), 'utf8'))];
  });
}

/** Everything about a file but its cases. */
export function checkFile(name, { format, about, cases, ...rest }) {
  must(Object.hasOwn(RUNNERS, name), `${name}: nobody knows vectors of this name`);
  must(format === FORMAT, `${name}: another format`);
  must(typeof about === 'string' && Object.keys(rest).length === 0, `${name}: not the fields of a file`);
  must(Array.isArray(cases) && cases.length > 0, `${name}: no cases`);
  must(new Set(cases.map((it) => it.name)).size === cases.length, `${name}: a name twice`);
}

/** Runs a case; throws if what comes of it is not what is expected. */
export function runCase(file, { name, about, expect, ...inputs }) {
  must(typeof name === 'string' && name.length > 0, 'a case without a name');
  must(about === undefined || typeof about === 'string', 'about');
  must(expect !== null && typeof expect === 'object', 'nothing is expected');
  const { inputs_sha256: digest, ...expected } = expect;
  if ('inputs_sha256' in expect) must(digest === inputsDigest(inputs), 'the inputs are not those that were hashed');
  must(('refused' in expected) === REFUSED_NAME.test(name), 'a name that says another outcome');
  const result = resultOf(file, inputs);
  must(isDeepStrictEqual(result, expected), `came to ${JSON.stringify(result)?.slice(0, 2000)}`);
}

function resultOf(file, fields) {
  const inputs = new Inputs(fields);
  let result;
  try {
    result = runnerOf(file, inputs)(inputs);
  } catch (error) {
    result = { refused: codeOf(error), ...error.details };
  }
  must(inputs.unread().length === 0, `fields that nobody reads: ${inputs.unread()}`);
  return result;
}

function runnerOf(file, inputs) {
  const runner = RUNNERS[file];
  if (typeof runner === 'function') return runner;
  return inputs.get('kind', (kind) => {
    must(Object.hasOwn(runner, kind), 'nobody knows this kind');
    return runner[kind];
  });
}

function codeOf(error) {
  if (error instanceof TooNew) return 'NEWER_VERSION';
  if (error instanceof DoesNotOpen) return 'DOES_NOT_OPEN';
  if (error instanceof Malformed) return 'MALFORMED';
  if (error instanceof Refusal) return error.code;
  if (error instanceof Violation) return error.violation;
  throw error;
}

/** One line for each value of the inputs: its path, `=`, the value. */
function inputsDigest(inputs) {
  return hex(sha256(Buffer.from(lines([], inputs), 'utf8')));
}

function lines(path, it) {
  const members = it !== null && typeof it === 'object' ? Object.entries(it) : [];
  if (members.length) return members.map(([name, inner]) => lines([...path, name], inner)).join('');
  const text = it !== null && typeof it === 'object' ? (Array.isArray(it) ? '[]' : '{}') : String(it);
  return `${path.join('.')}=${text}\n`;
}

