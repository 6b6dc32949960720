// Section 4. OpenSSL, under node:crypto, checks S and uses the equation without cofactor, as the section demands.
import { createPrivateKey, createPublicKey, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { ascii, concat, equal, fromHex, u32, u64 } from './bytes.mjs';
import { check } from './errors.mjs';
import { remembered } from './remembered.mjs';

export const FILE_HEADER = 'sealift.v1 file header';
export const TREE_HEAD = 'sealift.v1 tree head';
export const POSITION = 'sealift.v1 position';
export const INCARNATION = 'sealift.v1 incarnation';
export const CONNECT_NOTARY = 'sealift.v1 connect notary';
export const CONNECT_DEVICE = 'sealift.v1 connect device';
export const CONNECT_INVITATION = 'sealift.v1 connect invitation';
export const WELCOME = 'sealift.v1 welcome';
export const JOIN = 'sealift.v1 join';

const SEED_DER = fromHex('302e020100300506032b657004220420');
const PUBLIC_DER = fromHex('302a300506032b6570032100');

const SMALL_ORDER = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ec' + 'ff'.repeat(30) + '7f',
  'ed' + 'ff'.repeat(30) + '7f',
  'ee' + 'ff'.repeat(30) + '7f',
].map((text) => fromHex(text));

/** An Ed25519 public key as it may be read: 32 bytes, not of small order. It need not be a point. */
export function checkPublicKey(key) {
  check(key.length === 32, 'a signing key that is not 32 bytes');
  const unsigned = Buffer.from(key);
  unsigned[31] &= 0x7f;
  check(!SMALL_ORDER.some((it) => equal(it, unsigned)), 'a signing key of small order');
  return key;
}

const X25519_SMALL_ORDER = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ec' + 'ff'.repeat(30) + '7f',
  'ed' + 'ff'.repeat(30) + '7f',
  'ee' + 'ff'.repeat(30) + '7f',
].map((text) => fromHex(text));

/** An X25519 public key as it may be read: 32 bytes, and something can be sealed to it. */
export function checkHpkeKey(key) {
  check(key.length === 32, 'an X25519 key that is not 32 bytes');
  const plain = Buffer.from(key);
  plain[31] &= 0x7f;
  check(!X25519_SMALL_ORDER.some((it) => equal(it, plain)), 'an X25519 key of small order');
  return key;
}

const privateKey = remembered((seed) => createPrivateKey({ key: concat(SEED_DER, seed), format: 'der', type: 'pkcs8' }));

const publicKeyObject = remembered((key) => createPublicKey({ key: concat(PUBLIC_DER, key), format: 'der', type: 'spki' }));

const publicBytes = remembered((seed) => {
  const key = createPublicKey(privateKey(seed));
  return key.export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length);
});

export const publicKeyOf = (seed) => Buffer.from(publicBytes(seed));

const message = (context, parts) => concat(ascii(context + '\0'), ...parts);

export function sign(context, seed, ...parts) {
  return signBytes(null, message(context, parts), privateKey(seed));
}

export function verifies(context, publicKey, signature, ...parts) {
  if (signature.length !== 64) return false;
  return verifyBytes(null, message(context, parts), publicKeyObject(publicKey), signature);
}

/** What both ends of a connection sign. */
export const CONNECTION_BYTES = 132;

export function connection({ version, notary, space, clientNonce, serverNonce }) {
  return concat(u32(version), notary, space?.length ? space : Buffer.alloc(32), clientNonce, serverNonce);
}

export const connectNotaryParts = (bytes, serverTimeMillis) => [bytes, u64(serverTimeMillis)];

export const joinParts = ({ space, device, member }) => [space, device.signing, device.hpke, member];
