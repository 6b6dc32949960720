#!/usr/bin/env node
// Runs the test vectors: node vectors.mjs [DIR] [--hostile] [--seed N]
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alterations, randomOf } from './vectors/hostile.mjs';
import { checkFile, readFolder, runCase } from './vectors/run.mjs';

const DEFAULT_FOLDER = fileURLToPath(new URL('../../protocol/vectors', import.meta.url));

const options = { hostile: { type: 'boolean', default: false }, seed: { type: 'string' } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const seed = Number(values.seed ?? randomInt(2 ** 32));
const counts = { passed: 0, failed: 0 };

function count(what, run) {
  try {
    run();
    counts.passed++;
  } catch (error) {
    counts.failed++;
    process.stdout.write(`FAILED ${what}: ${error.message}\n`);
  }
}

function mustBeNoticed(run) {
  try {
    run();
  } catch {
    return;
  }
  throw new Error('nobody noticed');
}

for (const [name, content] of readFolder(positionals[0] ?? DEFAULT_FOLDER)) {
  count(name, () => checkFile(name, content));
  for (const vector of content.cases ?? []) {
    count(`${name}: ${vector.name}`, () => runCase(name, vector));
    if (!values.hostile) continue;
    for (const [what, altered] of alterations(vector, randomOf(seed))) {
      count(`${name}: ${vector.name}, altered: ${what}`, () => mustBeNoticed(() => runCase(name, altered)));
    }
  }
}

if (values.hostile) process.stdout.write(`seed ${seed}\n`);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed ? 1 : 0;
