// Section 7: HKDF, HPKE in base mode, the epoch key's commitment, and payloads sealed and opened.
import {
  createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, randomBytes,
} from 'node:crypto';
import { ascii, concat, equal, fromHex, u32 } from './bytes.mjs';
import { check, DoesNotOpen, Malformed } from './errors.mjs';
import { MAIN } from './ids.mjs';
import { MAX_KEY_ENVELOPES, MAX_PAYLOAD_BYTES } from './limits.mjs';
import { MembershipPayload } from './messages.mjs';
import { remembered } from './remembered.mjs';

const NO_SALT = Buffer.alloc(0);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const hkdf = (key, salt, info) => Buffer.from(hkdfSync('sha256', key, salt, info, 32));

const epochInfo = (label, collection, epoch) => concat(ascii(label + '\0'), collection, u32(epoch));

/** The four keys that an invitation's secret yields. */
export function invitationKeys(secret) {
  return {
    seed: hkdf(secret, NO_SALT, ascii('sealift.v1 invitation signing')),
    hpkePrivate: hkdf(secret, NO_SALT, ascii('sealift.v1 invitation hpke')),
  };
}

export const payloadKey = (epochKey, salt, epoch = 1, collection = MAIN) =>
  hkdf(epochKey, salt, epochInfo('sealift.v1 payload', collection, epoch));

export const commitment = (epochKey, epoch = 1, collection = MAIN) =>
  hkdf(epochKey, NO_SALT, epochInfo('sealift.v1 epoch commitment', collection, epoch));

export function sealPayload(key, plaintext, body, nonce = randomBytes(NONCE_BYTES)) {
  return concat(nonce, gcmSeal(key, nonce, plaintext, body));
}

export function openPayload(key, payload, body) {
  const fits = payload.length >= NONCE_BYTES + TAG_BYTES && payload.length <= MAX_PAYLOAD_BYTES;
  if (!fits) throw new DoesNotOpen('no sealed payload');
  return gcmOpen(key, payload.subarray(0, NONCE_BYTES), payload.subarray(NONCE_BYTES), body);
}

function gcmSeal(key, nonce, plaintext, associated) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated);
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

function gcmOpen(key, nonce, sealed, associated) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return concat(decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final());
  } catch {
    throw new DoesNotOpen('does not open');
  }
}

// X25519

const PRIVATE_DER = fromHex('302e020100300506032b656e04220420');
const PUBLIC_DER = fromHex('302a300506032b656e032100');

const privateObject = remembered((key) => createPrivateKey({ key: concat(PRIVATE_DER, key), format: 'der', type: 'pkcs8' }));
const publicObject = remembered((key) => createPublicKey({ key: concat(PUBLIC_DER, key), format: 'der', type: 'spki' }));

const publicBytes = remembered((privateKey) =>
  createPublicKey(privateObject(privateKey)).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length));

export const x25519PublicOf = (privateKey) => Buffer.from(publicBytes(privateKey));

function x25519(privateKey, publicKey) {
  let shared;
  try {
    shared = diffieHellman({ privateKey: privateObject(privateKey), publicKey: publicObject(publicKey) });
  } catch {
    throw new Malformed('an X25519 key of small order');
  }
  check(!equal(shared, Buffer.alloc(32)), 'an X25519 key of small order');
  return shared;
}

// HPKE, RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode, one message.

const KEM_SUITE = concat(ascii('KEM'), fromHex('0020'));
const HPKE_SUITE = concat(ascii('HPKE'), fromHex('002000010002'));

const hmac = (key, ...parts) => createHmac('sha256', key).update(concat(...parts)).digest();

const labeledExtract = (suite, salt, label, ikm) =>
  hmac(salt.length ? salt : Buffer.alloc(32), ascii('HPKE-v1'), suite, ascii(label), ikm);

/** HKDF-Expand with HPKE's labels, for at most 32 bytes: one block. */
function labeledExpand(suite, prk, label, info, length) {
  const labeled = concat(Buffer.from([length >> 8, length & 255]), ascii('HPKE-v1'), suite, ascii(label), info);
  return hmac(prk, labeled, Buffer.from([1])).subarray(0, length);
}

function sharedSecret(dh, encapsulated, recipient) {
  const prk = labeledExtract(KEM_SUITE, NO_SALT, 'eae_prk', dh);
  return labeledExpand(KEM_SUITE, prk, 'shared_secret', concat(encapsulated, recipient), 32);
}

function schedule(shared, info) {
  const context = concat(
    Buffer.from([0]),
    labeledExtract(HPKE_SUITE, NO_SALT, 'psk_id_hash', NO_SALT),
    labeledExtract(HPKE_SUITE, NO_SALT, 'info_hash', info),
  );
  const secret = labeledExtract(HPKE_SUITE, shared, 'secret', NO_SALT);
  return {
    key: labeledExpand(HPKE_SUITE, secret, 'key', context, 32),
    nonce: labeledExpand(HPKE_SUITE, secret, 'base_nonce', context, 12),
  };
}

const SEALED_KEY_BYTES = 80;

/** What sealing an epoch key goes through, by the names of RFC 9180. */
export function sealingSteps(recipient, ephemeral, epoch = 1, collection = MAIN) {
  const encapsulated = x25519PublicOf(ephemeral);
  const shared = sharedSecret(x25519(ephemeral, recipient), encapsulated, recipient);
  const info = epochInfo('sealift.v1 epoch key', collection, epoch);
  return { encapsulated, shared, info, ...schedule(shared, info) };
}

export function sealEpochKey(epochKey, recipient, ephemeral = randomBytes(32), epoch = 1, collection = MAIN) {
  const { encapsulated, key, nonce } = sealingSteps(recipient, ephemeral, epoch, collection);
  return concat(encapsulated, gcmSeal(key, nonce, epochKey, NO_SALT));
}

export function openEpochKey(sealedKey, privateKey, epoch = 1, collection = MAIN) {
  if (sealedKey.length !== SEALED_KEY_BYTES) throw new DoesNotOpen('a sealed key that is not 80 bytes');
  const encapsulated = sealedKey.subarray(0, 32);
  const shared = sharedSecret(agreed(privateKey, encapsulated), encapsulated, x25519PublicOf(privateKey));
  const { key, nonce } = schedule(shared, epochInfo('sealift.v1 epoch key', collection, epoch));
  return gcmOpen(key, nonce, sealedKey.subarray(32), NO_SALT);
}

/** What comes sealed from a key of small order does not open. */
function agreed(privateKey, encapsulated) {
  try {
    return x25519(privateKey, encapsulated);
  } catch (error) {
    throw error instanceof Malformed ? new DoesNotOpen(error.message) : error;
  }
}

/** Finds the epoch key that a membership file's payload holds for this private key. */
export function findEpochKey(payload, privateKey) {
  const { version, envelopes } = MembershipPayload.decode(payload);
  check(version === 1, 'sealed keys of another version');
  check(envelopes.length <= MAX_KEY_ENVELOPES, 'too many envelopes');
  const mine = x25519PublicOf(privateKey);
  const isMine = ({ collection, epoch, recipient }) => equal(collection, MAIN) && epoch === 1 && equal(recipient, mine);
  const envelope = envelopes.find(isMine);
  if (!envelope) throw new DoesNotOpen('no key is sealed for this one');
  return openEpochKey(envelope.sealedKey, privateKey);
}
