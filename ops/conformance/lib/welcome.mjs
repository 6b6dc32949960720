// Sections 4 and 13: what the notary signs of a Welcome, and its statement, by which a third party can check it.
import { concat, u64 } from './bytes.mjs';
import { check } from './errors.mjs';
import { SignedHead } from './head.mjs';
import { sha256 } from './ids.mjs';
import { SignedIncarnation } from './incarnation.mjs';
import { MAX_INCARNATIONS, MAX_SERVER_TIME } from './limits.mjs';
import { CONNECTION_BYTES, checkPublicKey, connection, sign, verifies, WELCOME } from './signatures.mjs';

const FORMAT = 1;
const SIGNATURE_BYTES = 64;
const HEAD_BYTES = 149;
const INCARNATION_BYTES = 157;
/** Of a space that is not known and has had no incarnation. */
const MIN_BYTES = 1 + CONNECTION_BYTES + 1 + 8 + 8 + 1 + SIGNATURE_BYTES;

export class WelcomeStatement {
  /** The notary's word: `connected` is what both ends sign of the connection, field by field; `welcome` needs no signature yet. */
  static make(seed, connected, welcome) {
    const unsigned = new WelcomeStatement(connected, { ...welcome, signature: Buffer.alloc(SIGNATURE_BYTES) });
    return new WelcomeStatement(connected, { ...welcome, signature: sign(WELCOME, seed, ...unsigned.#parts()) });
  }

  /** What a Welcome says in this connection; undefined when the notary did not sign it, or not for this connection. */
  static check(connected, welcome) {
    const isWhole = welcome.signature?.length === SIGNATURE_BYTES;
    const said = new WelcomeStatement(connected, isWhole ? welcome : { ...welcome, signature: Buffer.alloc(SIGNATURE_BYTES) });
    return isWhole && said.verifies() ? said : undefined;
  }

  /** Reads a statement; whether it is signed, and by the notary of the space in question, is for the caller to check. */
  static parse(bytes) {
    check(bytes.length >= MIN_BYTES, 'a statement cut short');
    check(bytes[0] === FORMAT, 'a statement of another format');
    let at = 1;
    const take = (count) => {
      check(at + count <= bytes.length, 'a statement cut short');
      at += count;
      return Buffer.from(bytes.subarray(at - count, at));
    };
    const version = take(4).readUInt32BE();
    const notary = checkPublicKey(take(32));
    const connected = { version, notary, space: take(32), clientNonce: take(32), serverNonce: take(32) };
    const [known] = take(1);
    check(known <= 1, 'known is 0 or 1');
    const serverTimeMillis = take(8).readBigUInt64BE();
    const recoveringMillis = take(8).readBigUInt64BE();
    const signedHead = take(known ? HEAD_BYTES : 0);
    const [count] = take(1);
    check(count <= MAX_INCARNATIONS, 'more incarnations than any space has');
    const incarnations = Array.from({ length: count }, () => take(INCARNATION_BYTES));
    const signature = take(SIGNATURE_BYTES);
    check(at === bytes.length, 'bytes behind a statement');
    return new WelcomeStatement(connected, {
      known: known === 1, signedHead, serverTimeMillis, recoveringMillis, incarnations, signature,
    });
  }

  constructor(connected, { known = false, signedHead, serverTimeMillis = 0n, recoveringMillis = 0n, incarnations = [], signature }) {
    const head = signedHead ?? Buffer.alloc(0);
    check(known === head.length > 0, 'a head exactly when the space is known');
    if (known) SignedHead.parse(head);
    check(serverTimeMillis <= MAX_SERVER_TIME && recoveringMillis <= MAX_SERVER_TIME, 'a time beyond 48 bits');
    check(incarnations.length <= MAX_INCARNATIONS, 'more incarnations than any space has');
    incarnations.forEach((it) => SignedIncarnation.parse(it));
    this.connected = connected;
    this.welcome = { known, signedHead: head, serverTimeMillis, recoveringMillis, incarnations, signature };
  }

  verifies() {
    return verifies(WELCOME, this.connected.notary, this.welcome.signature, ...this.#parts());
  }

  encode() {
    const { signedHead, incarnations, signature } = this.welcome;
    const count = Buffer.from([incarnations.length]);
    return concat(Buffer.from([FORMAT]), this.#said(), signedHead, count, ...incarnations, signature);
  }

  #said() {
    const { known, serverTimeMillis, recoveringMillis } = this.welcome;
    return concat(connection(this.connected), Buffer.from([known ? 1 : 0]), u64(serverTimeMillis), u64(recoveringMillis));
  }

  #parts() {
    const { signedHead, incarnations } = this.welcome;
    return [this.#said(), sha256(signedHead), sha256(concat(...incarnations))];
  }
}
