// The tables in messages.mjs say what the .proto files say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as messages from '../lib/messages.mjs';
import { Enum, Message } from '../lib/protobuf.mjs';

const PROTOS = ['file.proto', 'wire.proto'].map((name) =>
  readFileSync(new URL(`../../../protocol/src/main/proto/sealift/v1/${name}`, import.meta.url), 'utf8'),
);

const ours = Object.values(messages).filter((it) => it instanceof Message || it instanceof Enum);
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function* blocks(kind) {
  for (const proto of PROTOS) {
    const plain = proto.replace(/\/\/.*/g, '');
    for (const [, name, content] of plain.matchAll(new RegExp(`^${kind} (\\w+) \\{([^]*?)^\\}`, 'gm'))) yield [name, content];
  }
}

test('every message and enumeration is there', () => {
  const named = [...blocks('message'), ...blocks('enum')].map(([name]) => name).sort();
  assert.deepEqual(ours.map(({ name }) => name).sort(), named);
});

test('fields have the numbers, names and types of the .proto files', () => {
  for (const [name, content] of blocks('message')) {
    const fields = [...content.matchAll(/(repeated )?(\w+) (\w+) = (\d+);/g)].map(([, repeated, type, field, number]) => ({
      number: Number(number), name: camel(field), type, repeated: repeated !== undefined,
    }));
    const message = ours.find((it) => it.name === name);
    const said = [...message.fields.values()].map(({ number, name: field, type, repeated }) => ({
      number, name: field, type: type.name ?? type, repeated,
    }));
    assert.deepEqual(said, fields, name);
  }
});

test('enumerations have the numbers and names of the .proto files', () => {
  for (const [name, content] of blocks('enum')) {
    const values = [...content.matchAll(/(\w+) = (\d+);/g)].map(([, value, number]) => [value, Number(number)]);
    assert.deepEqual(Object.entries(ours.find((it) => it.name === name).values), values, name);
  }
});
