// A mesh in memory that admits whatever it is given: the log of an honest one or of a liar, depending on the test.
import { equal, fromHex } from '../../lib/bytes.mjs';
import { SignedHead } from '../../lib/head.mjs';
import { SignedHeader } from '../../lib/header.mjs';
import { SignedIncarnation } from '../../lib/incarnation.mjs';
import { deviceId } from '../../lib/ids.mjs';
import { PayloadAbsence } from '../../lib/messages.mjs';
import { highest, publicPlace } from '../../lib/places.mjs';
import { connection, CONNECT_NOTARY, connectNotaryParts, publicKeyOf, sign } from '../../lib/signatures.mjs';
import { consistencyHolds, EMPTY_ROOT, leafHash, node } from '../../lib/tree.mjs';
import { WelcomeStatement } from '../../lib/welcome.mjs';

export const START_MILLIS = 1767225600000;

export class Mesh {
  constructor(seed = fromHex('77'.repeat(32))) {
    this.seed = seed;
    this.notary = publicKeyOf(seed);
    this.entries = [];
    this.leaves = [];
    this.now = START_MILLIS;
    this.nonce = fromHex('33'.repeat(32));
    this.incarnations = [];
    this.recoveringMillis = 0n;
  }

  /** Gives a file the next sequence, without a look at it. */
  admit({ header, payload }, serverTimeMillis = BigInt(++this.now), base = this.#baseOf(header)) {
    this.space ??= header.fileId;
    const sequence = BigInt(this.entries.length + 1);
    this.entries.push({ signedHeader: header.bytes, payload, serverTimeMillis, base, header });
    const leaf = leafHash({ space: this.space, sequence, serverTimeMillis, base, file: header.fileId });
    this.leaves.push(leaf);
    return sequence;
  }

  /** The highest place among the files that it builds on, as far as everybody can work them out. */
  #baseOf({ fields }) {
    const before = this.entries.findLast(({ header }) => equal(header.fields.device, fields.device));
    const named = this.entries.filter(({ header }) => fields.buildsOn.some(({ file }) => equal(header.fileId, file)));
    const { rules } = this.entries[0]?.header.fields.membership.genesis ?? {};
    const places = [...(before ? [before] : []), ...named].map((on) => publicPlace(rules, { ...on, hybridTime: on.header.fields.hybridTime }));
    return highest(...places);
  }

  // Restored from an older state

  /** Back to so many files: from now on it takes back what devices hold, and nothing else. */
  recover(size) {
    this.entries = this.entries.slice(0, size);
    this.leaves = this.leaves.slice(0, size);
    this.recoveringMillis = 5000n;
  }

  /** The next incarnation, with what is there by now. */
  goOn(knownSize = this.size()) {
    this.recoveringMillis = 0n;
    const { root } = this.seen();
    const number = this.incarnations.length + 1;
    const it = { space: this.space, number, size: this.size(), root, knownSize, serverTimeMillis: BigInt(++this.now) };
    this.incarnations.push(SignedIncarnation.make(this.seed, it));
  }

  /** Where the files of a Put with a restoration are to go, and that its proof leads to a head of the notary's. */
  takeBack({ files, restoration }) {
    const head = SignedHead.parse(restoration.signedHead);
    const first = restoration.firstSequence;
    if (this.recoveringMillis === 0n || first !== this.size() + 1n || !head.signedBy(this.notary)) throw new Error('not taken back');
    for (const file of files) this.admitPut(file, file.serverTimeMillis);
    const proof = { first: this.size(), second: head.size, firstRoot: this.seen().root, secondRoot: head.root, path: restoration.consistency };
    if (!consistencyHolds(proof)) throw new Error('a proof that does not lead to the head');
    return files.map((file, i) => first + BigInt(i));
  }

  size() {
    return BigInt(this.leaves.length);
  }

  seen(size = this.size()) {
    return { sequence: size, root: rootOf(this.leaves.slice(0, Number(size))) };
  }

  head(size = this.size()) {
    const serverTimeMillis = this.entries[Number(size) - 1]?.serverTimeMillis ?? 0n;
    const incarnation = this.incarnations.length;
    return SignedHead.make(this.seed, { space: this.space, incarnation, size, root: this.seen(size).root, serverTimeMillis });
  }

  // Frames

  challenge(hello) {
    const serverTimeMillis = BigInt(this.now);
    this.connected = {
      version: 1, notary: this.notary, space: hello.space, clientNonce: hello.clientNonce, serverNonce: this.nonce,
    };
    const bytes = connection(this.connected);
    const signature = sign(CONNECT_NOTARY, this.seed, ...connectNotaryParts(bytes, serverTimeMillis));
    return { version: 1, notary: this.notary, serverNonce: this.nonce, serverTimeMillis, signature };
  }

  welcome() {
    const incarnations = this.incarnations.map(({ bytes }) => bytes);
    const known = this.size() > 0n;
    const signedHead = known ? this.head().bytes : undefined;
    const { recoveringMillis } = this;
    const serverTimeMillis = BigInt(this.now);
    return this.signed({ known, signedHead, serverTimeMillis, putWindowBytes: 4194304, maxPutFiles: 2, recoveringMillis, incarnations });
  }

  /** Whatever it says is the mesh's word in this connection. */
  signed(welcome) {
    const { signature } = WelcomeStatement.make(this.seed, this.connected, welcome).welcome;
    return { ...welcome, signature };
  }

  /** Entries from `after` to `upTo`, with a head and the proof that leads there. */
  files({ after = 0n, upTo = this.size(), headSize = this.size(), request = 0n, omit } = {}) {
    const entries = this.entries.slice(Number(after), Number(upTo)).map((entry) => omitted(entry, omit));
    const consistency = consistencyPath(this.leaves.slice(0, Number(headSize)), Number(upTo));
    return { request, firstSequence: after + 1n, entries, signedHead: this.head(headSize).bytes, consistency };
  }

  receipt(sequence) {
    const { serverTimeMillis } = this.entries[Number(sequence) - 1];
    const { base } = this.entries[Number(sequence) - 1];
    return { sequence, serverTimeMillis, base, path: inclusionPath(this.leaves, Number(sequence) - 1) };
  }

  /** Answers a frame of a device as an honest gateway does. */
  answer(frame) {
    const [[name, body]] = Object.entries(frame).filter(([, it]) => it !== undefined);
    switch (name) {
      case 'hello':
        this.device = deviceId(body.device);
        this.pushed = undefined;
        return [{ challenge: this.challenge(body) }];
      case 'prove':
        return [{ welcome: this.welcome() }];
      case 'fetch':
        return [{ files: this.files({ after: body.afterSequence, upTo: body.afterSequence + 1n, request: body.request }) }];
      case 'subscribe':
        this.omit = body.omitOwnPayloads;
        this.pushed = body.afterSequence;
        return this.push();
      case 'put': {
        const sequences = body.restoration ? this.takeBack(body) : body.files.map((file) => this.admitPut(file));
        const outcomes = sequences.map((sequence) => ({ receipt: this.receipt(sequence) }));
        const result = { request: body.request, outcomes, signedHead: this.head().bytes };
        return [{ putResult: result }, ...this.push()];
      }
      default:
        return [];
    }
  }

  admitPut({ signedHeader, payload }, serverTimeMillis) {
    const known = this.entries.findIndex((entry) => equal(entry.signedHeader, signedHeader));
    return known >= 0 ? BigInt(known + 1) : this.admit({ header: SignedHeader.parse(signedHeader), payload }, serverTimeMillis);
  }

  push() {
    if (this.pushed === undefined || this.pushed >= this.size()) return [];
    const after = this.pushed;
    this.pushed = this.size();
    return [{ files: this.files({ after, omit: this.omit ? this.device : undefined }) }];
  }
}

function omitted({ header, ...entry }, device) {
  const own = device && equal(header.fields.device, device);
  return own ? { ...entry, payload: Buffer.alloc(0), absence: PayloadAbsence.values.PAYLOAD_ABSENCE_OWN } : entry;
}

export function rootOf(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0];
  const k = splitOf(leaves.length);
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

const splitOf = (n) => 2 ** Math.floor(Math.log2(n - 1));

/** RFC 9162, 2.1.3.1. */
export function inclusionPath(leaves, index) {
  if (leaves.length <= 1) return [];
  const k = splitOf(leaves.length);
  return index < k
    ? [...inclusionPath(leaves.slice(0, k), index), rootOf(leaves.slice(k))]
    : [...inclusionPath(leaves.slice(k), index - k), rootOf(leaves.slice(0, k))];
}

/** RFC 9162, 2.1.4.1. */
export function consistencyPath(leaves, first) {
  return first === 0 || first >= leaves.length ? [] : subProof(first, leaves, true);
}

function subProof(m, leaves, whole) {
  const n = leaves.length;
  if (m === n) return whole ? [] : [rootOf(leaves)];
  const k = splitOf(n);
  return m <= k
    ? [...subProof(m, leaves.slice(0, k), whole), rootOf(leaves.slice(k))]
    : [...subProof(m - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
}
