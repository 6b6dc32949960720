// Section 12: what a mesh that was restored signs of itself, with which a log goes on from where both have it in common.
import { concat, u32, u64 } from './bytes.mjs';
import { check } from './errors.mjs';
import { MAX_SEQUENCE, MAX_SERVER_TIME } from './limits.mjs';
import { INCARNATION, sign, verifies } from './signatures.mjs';

const UNSIGNED_BYTES = 93;
const SIGNED_BYTES = UNSIGNED_BYTES + 64;

export class SignedIncarnation {
  static parse(bytes) {
    check(bytes.length === SIGNED_BYTES, 'an incarnation that is not 157 bytes');
    check(bytes[0] === 1, 'an incarnation of another format');
    return new SignedIncarnation(Buffer.from(bytes));
  }

  static make(seed, { space, number, size, root, knownSize, serverTimeMillis }) {
    const unsigned = concat(
      Buffer.from([1]), space, u32(number), u64(size), root, u64(knownSize), u64(serverTimeMillis),
    );
    return SignedIncarnation.parse(concat(unsigned, sign(INCARNATION, seed, unsigned)));
  }

  constructor(bytes) {
    this.bytes = bytes;
    this.space = bytes.subarray(1, 33);
    this.number = bytes.readUInt32BE(33);
    this.size = bytes.readBigUInt64BE(37);
    this.root = bytes.subarray(45, 77);
    this.knownSize = bytes.readBigUInt64BE(77);
    this.serverTimeMillis = bytes.readBigUInt64BE(85);
    check(this.number >= 1, 'number');
    check(this.knownSize < MAX_SEQUENCE && this.size <= this.knownSize, 'size');
    check(this.serverTimeMillis <= MAX_SERVER_TIME, 'server time');
  }

  signedBy(notary) {
    return verifies(INCARNATION, notary, this.bytes.subarray(UNSIGNED_BYTES), this.bytes.subarray(0, UNSIGNED_BYTES));
  }

  /** Whether a file that was made by then may have seen what is lost. */
  excuses(seen, madeMillis, clockBoundMillis) {
    return seen.sequence > this.size && madeMillis <= this.serverTimeMillis + clockBoundMillis;
  }
}
