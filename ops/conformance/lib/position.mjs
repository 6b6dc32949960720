// Section 12: signed positions.
import { concat, u32, u64 } from './bytes.mjs';
import { check } from './errors.mjs';
import { MAX_SEQUENCE } from './limits.mjs';
import { POSITION, sign, verifies } from './signatures.mjs';

const UNSIGNED_BYTES = 117;
const SIGNED_BYTES = UNSIGNED_BYTES + 64;

export class SignedPosition {
  static parse(bytes) {
    check(bytes.length === SIGNED_BYTES, 'a position that is not 181 bytes');
    check(bytes[0] === 1, 'a position of another format');
    return new SignedPosition(Buffer.from(bytes));
  }

  static make(seed, { space, device, incarnation = 0, sequence, root, hybridTime }) {
    const unsigned = concat(Buffer.from([1]), space, device, u32(incarnation), u64(sequence), root, u64(hybridTime));
    return SignedPosition.parse(concat(unsigned, sign(POSITION, seed, unsigned)));
  }

  constructor(bytes) {
    this.bytes = bytes;
    this.space = bytes.subarray(1, 33);
    this.device = bytes.subarray(33, 65);
    this.incarnation = bytes.readUInt32BE(65);
    this.sequence = bytes.readBigUInt64BE(69);
    this.root = bytes.subarray(77, 109);
    this.hybridTime = bytes.readBigUInt64BE(109);
    check(this.sequence >= 1n && this.sequence < MAX_SEQUENCE, 'sequence');
  }

  signedBy(publicKey) {
    return verifies(POSITION, publicKey, this.bytes.subarray(UNSIGNED_BYTES), this.bytes.subarray(0, UNSIGNED_BYTES));
  }
}
