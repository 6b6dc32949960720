// Section 12: signed tree heads.
import { concat, u32, u64 } from './bytes.mjs';
import { check } from './errors.mjs';
import { MAX_SEQUENCE, MAX_SERVER_TIME } from './limits.mjs';
import { sign, TREE_HEAD, verifies } from './signatures.mjs';

const UNSIGNED_BYTES = 85;
const SIGNED_BYTES = UNSIGNED_BYTES + 64;

export class SignedHead {
  static parse(bytes) {
    check(bytes.length === SIGNED_BYTES, 'a head that is not 149 bytes');
    check(bytes[0] === 1, 'a head of another format');
    return new SignedHead(Buffer.from(bytes));
  }

  static make(seed, { space, incarnation = 0, size, root, serverTimeMillis }) {
    const unsigned = concat(Buffer.from([1]), space, u32(incarnation), u64(size), root, u64(serverTimeMillis));
    return SignedHead.parse(concat(unsigned, sign(TREE_HEAD, seed, unsigned)));
  }

  constructor(bytes) {
    this.bytes = bytes;
    this.space = bytes.subarray(1, 33);
    this.incarnation = bytes.readUInt32BE(33);
    this.size = bytes.readBigUInt64BE(37);
    this.root = bytes.subarray(45, 77);
    this.serverTimeMillis = bytes.readBigUInt64BE(77);
    check(this.size < MAX_SEQUENCE, 'size');
    check(this.serverTimeMillis <= MAX_SERVER_TIME, 'server time');
  }

  signedBy(notary) {
    return verifies(TREE_HEAD, notary, this.bytes.subarray(UNSIGNED_BYTES), this.bytes.subarray(0, UNSIGNED_BYTES));
  }
}
