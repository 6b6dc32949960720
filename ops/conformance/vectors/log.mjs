// The log: leaves, trees, proofs, heads, receipts; frames; and a whole reading device.
import { hex } from '../lib/bytes.mjs';
import { CODECS } from '../lib/codec.mjs';
import { Device } from '../lib/device.mjs';
import { check, Refusal, TooNew } from '../lib/errors.mjs';
import { SignedHead } from '../lib/head.mjs';
import { EVENTS } from '../lib/header.mjs';
import { fileId } from '../lib/ids.mjs';
import { Log } from '../lib/log.mjs';
import { State } from '../lib/merge.mjs';
import { bodyOf, Frame, Receipt } from '../lib/messages.mjs';
import { SignedPosition } from '../lib/position.mjs';
import { checkPublicKey, publicKeyOf } from '../lib/signatures.mjs';
import { consistencyHolds, Edge, inclusionHolds, leaf, leafHash } from '../lib/tree.mjs';
import { everythingOf } from './content.mjs';
import { fromMembership } from './files.mjs';
import { bytes, fromMessage, list, message, text, u32, u64 } from './inputs.mjs';

function good(holds) {
  if (!holds) throw new Refusal('PROOF_FALSE');
  return { good: true };
}

export const log = {
  leaf(inputs) {
    const it = {
      space: inputs.get('space', bytes),
      sequence: inputs.get('sequence', u64),
      serverTimeMillis: inputs.get('server_time_millis', u64),
      base: inputs.get('base', u64),
      file: inputs.get('file', bytes),
    };
    return { leaf: hex(leaf(it)), leaf_hash: hex(leafHash(it)) };
  },
  tree(inputs) {
    let edge = Edge.EMPTY;
    const edges = [edge, ...inputs.get('leaf_hashes', list(bytes)).map((it) => (edge = edge.append(it)))];
    return { sizes: edges.map((it) => ({ size: it.size.toString(), root: hex(it.root()), edge: it.hashes.map(hex) })) };
  },
  gap(inputs) {
    const from = inputs.get('leaf_hashes', list(bytes)).reduce((edge, it) => edge.append(it), Edge.EMPTY);
    const edge = from.appendGap(inputs.get('files', u64), inputs.get('hashes', list(bytes)));
    return { size: edge.size.toString(), root: hex(edge.root()), edge: edge.hashes.map(hex) };
  },
  inclusion: (inputs) =>
    good(
      inclusionHolds({
        index: inputs.get('index', u64),
        size: inputs.get('size', u64),
        leaf: inputs.get('leaf_hash', bytes),
        path: inputs.get('path', list(bytes)),
        root: inputs.get('root', bytes),
      }),
    ),
  consistency: (inputs) =>
    good(
      consistencyHolds({
        first: inputs.get('from', u64),
        second: inputs.get('to', u64),
        firstRoot: inputs.get('from_root', bytes),
        secondRoot: inputs.get('to_root', bytes),
        path: inputs.get('proof', list(bytes)),
      }),
    ),
};

function readHead(signed, notary) {
  const head = SignedHead.parse(signed);
  if (!head.signedBy(notary)) throw new Refusal('BAD_SIGNATURE');
  return head;
}

export const treeHeads = {
  make(inputs) {
    const seed = inputs.get('notary_seed', bytes);
    const head = SignedHead.make(seed, {
      space: inputs.get('space', bytes),
      incarnation: inputs.get('incarnation', u32),
      size: inputs.get('size', u64),
      root: inputs.get('root', bytes),
      serverTimeMillis: inputs.get('server_time_millis', u64),
    });
    return { head: hex(head.bytes.subarray(0, 85)), notary: hex(publicKeyOf(seed)), signed_head: hex(head.bytes) };
  },
  read(inputs) {
    const head = readHead(inputs.get('signed_head', bytes), inputs.get('notary', bytes));
    return {
      space: hex(head.space),
      incarnation: head.incarnation,
      size: head.size.toString(),
      root: hex(head.root),
      server_time_millis: head.serverTimeMillis.toString(),
    };
  },
};

export const positions = {
  make(inputs) {
    const seed = inputs.get('seed', bytes);
    const signed = SignedPosition.make(seed, {
      space: inputs.get('space', bytes),
      device: inputs.get('device', bytes),
      incarnation: inputs.get('incarnation', u32),
      sequence: inputs.get('sequence', u64),
      root: inputs.get('root', bytes),
      hybridTime: inputs.get('hybrid_time', u64),
    });
    return { position: hex(signed.bytes.subarray(0, 117)), public_key: hex(publicKeyOf(seed)), signed_position: hex(signed.bytes) };
  },
  read(inputs) {
    const key = inputs.get('public_key', bytes);
    const signed = SignedPosition.parse(inputs.get('signed_position', bytes));
    if (!signed.signedBy(key)) throw new Refusal('BAD_SIGNATURE');
    return {
      space: hex(signed.space),
      device: hex(signed.device),
      incarnation: signed.incarnation,
      sequence: signed.sequence.toString(),
      root: hex(signed.root),
      hybrid_time: signed.hybridTime.toString(),
    };
  },
};

export function receipts(inputs) {
  const space = inputs.get('space', bytes);
  const file = fileId(inputs.get('signed_header', bytes));
  const receipt = inputs.get('receipt', message(Receipt));
  const signedHead = inputs.get('signed_head', bytes);
  const device = Log.before({ space, notary: checkPublicKey(inputs.get('notary', bytes)) });
  const whole = { ...Receipt.empty(), ...receipt };
  device.takeReceipt(whole, file, signedHead);
  const { size, root } = SignedHead.parse(signedHead);
  return { leaf_hash: hex(leafHash({ ...whole, space, file })), size: size.toString(), root: hex(root) };
}

export function frames(inputs) {
  const frame = CODECS['sealift.v1'].decode(inputs.get('frame', bytes));
  check(bodyOf(frame) !== undefined, 'a frame without a body');
  const protoJson = JSON.parse(CODECS['sealift.v1.json'].encode(frame));
  return { fields: fromMessage(Frame, frame), proto_json: protoJson };
}

export function session(inputs) {
  const device = deviceOf(inputs);
  const meshMillis = inputs.get('mesh_time_millis', u64);
  const files = [];
  inputs.get('frames', list(bytes)).forEach((frame, at) => {
    try {
      files.push(...framesFiles(device, frame, meshMillis));
    } catch (error) {
      const { position } = device.log;
      throw Object.assign(error, { details: { at, position: position.toString(), root: hex(device.log.rootAt(position)) } });
    }
  });
  return { ...fromLog(device), files, ...everythingOf(device.base) };
}

function framesFiles(device, frame, meshMillis) {
  const body = Frame.decode(frame).files;
  check(body !== undefined, 'a frame without files');
  const { entries, epochKey, stop } = device.log.takeFiles(body, device.reading(meshMillis, false));
  device.epochKey = epochKey;
  const files = entries.map((entry) => applied(device, entry));
  if (stop.tooNew) throw new TooNew(stop.tooNew);
  if (stop.waitsUntilMillis !== undefined) throw new Refusal('TIME_AHEAD');
  return files;
}

function deviceOf(inputs) {
  if (inputs.has('link')) return Device.joining(inputs.get('link', text));
  return new Device({
    keys: { seed: inputs.get('signing_seed', bytes), hpkePrivate: inputs.get('hpke_private', bytes) },
    log: Log.before({ space: inputs.get('space', bytes), notary: checkPublicKey(inputs.get('notary', bytes)) }),
    base: new State(),
    seenTime: 0n,
    outbox: [],
    pending: [],
    displaced: [],
    unreadable: 0,
  });
}

function applied(device, entry) {
  const before = device.unreadable;
  device.apply([entry]);
  const isEvents = entry.header.fields.kind === EVENTS;
  return {
    sequence: entry.sequence.toString(),
    file_id: hex(entry.header.fileId),
    ...(isEvents ? { readable: device.unreadable === before } : {}),
  };
}

function fromLog({ log: it, epochKey }) {
  return {
    position: it.position.toString(),
    root: hex(it.rootAt(it.position)),
    edge: it.edge.hashes.map(hex),
    server_time_millis: it.lastServerTime.toString(),
    epoch_key: epochKey ? hex(epochKey) : undefined,
    chains: [...it.chains].sort(([a], [b]) => (a < b ? -1 : 1)).map(([device, { counter, file }]) => ({
      device, counter: counter.toString(), file: hex(file),
    })),
    membership: fromMembership(it.membership),
  };
}

