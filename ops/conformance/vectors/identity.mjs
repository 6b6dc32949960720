// Ids, signatures, connections, what is said in them, and time.
import { compare, hex, u64 as u64Bytes } from '../lib/bytes.mjs';
import { atMillis, counterOf, millisOf, nextTime } from '../lib/clock.mjs';
import { check, Refusal } from '../lib/errors.mjs';
import { SignedHeader } from '../lib/header.mjs';
import { comparisonCode, deviceId } from '../lib/ids.mjs';
import { Welcome } from '../lib/messages.mjs';
import {
  checkPublicKey, connection, CONNECT_DEVICE, CONNECT_INVITATION, CONNECT_NOTARY, connectNotaryParts, publicKeyOf, sign,
  verifies,
} from '../lib/signatures.mjs';
import { WelcomeStatement } from '../lib/welcome.mjs';
import { bytes, fromMessage, list, message, oneOf, text, u32, u64 } from './inputs.mjs';

const byNumber = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function verify(context, publicKey, signature, parts) {
  checkPublicKey(publicKey);
  if (!verifies(context, publicKey, signature, ...parts)) throw new Refusal('BAD_SIGNATURE');
  return { good: true };
}

export const ids = {
  device(inputs) {
    const keys = { signing: inputs.get('signing', bytes), hpke: inputs.get('hpke', bytes) };
    checkPublicKey(keys.signing);
    check(keys.hpke.length === 32, 'hpke');
    return { device_id: hex(deviceId(keys)) };
  },
  file(inputs) {
    const header = SignedHeader.parse(inputs.get('signed_header', bytes));
    return { file_id: hex(header.fileId), space_id: hex(header.space()) };
  },
  comparison: (inputs) => ({ code: comparisonCode(inputs.get('space', bytes), inputs.get('device', bytes)) }),
  order: (inputs) => ({ sorted: inputs.get('ids', list(bytes)).sort(compare).map(hex) }),
};

export const signatures = {
  sign(inputs) {
    const seed = inputs.get('seed', bytes);
    const signature = sign(inputs.get('context', text), seed, ...inputs.get('parts', list(bytes)));
    return { public_key: hex(publicKeyOf(seed)), signature: hex(signature) };
  },
  verify: (inputs) =>
    verify(
      inputs.get('context', text), inputs.get('public_key', bytes), inputs.get('signature', bytes), inputs.get('parts', list(bytes)),
    ),
};

const SIGNERS = { notary: CONNECT_NOTARY, device: CONNECT_DEVICE, invitation: CONNECT_INVITATION };

export function connections(inputs) {
  const notary = inputs.get('notary', bytes);
  const signer = inputs.get('signer', oneOf(...Object.keys(SIGNERS)));
  const all = connection({
    version: inputs.get('version', u32),
    notary,
    space: inputs.get('space', bytes),
    clientNonce: inputs.get('client_nonce', bytes),
    serverNonce: inputs.get('server_nonce', bytes),
  });
  const parts = signer === 'notary'
    ? connectNotaryParts(all, inputs.get('server_time_millis', u64))
    : [all, inputs.get('device', bytes)];
  if (inputs.has('seed')) {
    const seed = inputs.get('seed', bytes);
    return { connection: hex(all), signature: hex(sign(SIGNERS[signer], seed, ...parts)) };
  }
  const publicKey = signer === 'notary' ? notary : inputs.get('public_key', bytes);
  return verify(SIGNERS[signer], publicKey, inputs.get('signature', bytes), parts);
}

const connectedOf = (inputs, notary) => ({
  version: inputs.get('version', u32),
  notary,
  space: inputs.get('space', bytes),
  clientNonce: inputs.get('client_nonce', bytes),
  serverNonce: inputs.get('server_nonce', bytes),
});

export const welcomes = {
  sign(inputs) {
    const seed = inputs.get('notary_seed', bytes);
    const notary = publicKeyOf(seed);
    const said = WelcomeStatement.make(seed, connectedOf(inputs, notary), inputs.get('welcome', message(Welcome)));
    return { notary: hex(notary), signature: hex(said.welcome.signature), statement: hex(said.encode()) };
  },
  check(inputs) {
    const connected = connectedOf(inputs, checkPublicKey(inputs.get('notary', bytes)));
    const said = WelcomeStatement.check(connected, inputs.get('welcome', message(Welcome)));
    if (!said) throw new Refusal('BAD_SIGNATURE');
    return { statement: hex(said.encode()) };
  },
  read(inputs) {
    const said = WelcomeStatement.parse(inputs.get('statement', bytes));
    if (!said.verifies()) throw new Refusal('BAD_SIGNATURE');
    const { version, notary, space, clientNonce, serverNonce } = said.connected;
    return {
      version,
      notary: hex(notary),
      space: hex(space),
      client_nonce: hex(clientNonce),
      server_nonce: hex(serverNonce),
      welcome: fromMessage(Welcome, said.welcome),
    };
  },
};

export const hybridTime = {
  pack(inputs) {
    const time = atMillis(inputs.get('millis', u64)) + BigInt(inputs.get('counter', u32));
    return { hybrid_time: time.toString(), u64: hex(u64Bytes(time)), next: nextTime(0, time).toString() };
  },
  read(inputs) {
    const time = inputs.get('hybrid_time', u64);
    return { millis: millisOf(time).toString(), counter: Number(counterOf(time)) };
  },
  order: (inputs) => ({ sorted: inputs.get('hybrid_times', list(u64)).sort(byNumber).map(String) }),
};

export function clock(inputs) {
  const bound = inputs.get('clock_bound_millis', u64);
  let last = 0n;
  const steps = inputs.objects('steps', (step) => {
    const meshMillis = step.get('mesh_time_millis', u64);
    if (step.get('kind', oneOf('write', 'apply')) === 'write') {
      last = nextTime(meshMillis, last);
      return { last: last.toString() };
    }
    const time = step.get('hybrid_time', u64);
    const waits = millisOf(time) > meshMillis + bound;
    if (!waits && time > last) last = time;
    return { waits, last: last.toString() };
  });
  return { steps };
}
