// Section 5: signed headers. The bytes stay as they came; what is read from them is a view.
import { concat, equal, hex, u32 } from './bytes.mjs';
import { check, TooNew } from './errors.mjs';
import { fileId, sha256 } from './ids.mjs';
import {
  MAX_ATTESTATIONS, MAX_BUILDS_ON, MAX_COMPACTION_PARTS, MAX_EPOCH, MAX_PAYLOAD_BYTES, MAX_SEQUENCE, MAX_SIGNED_63,
  MAX_SIGNED_HEADER_BYTES, PROTOCOL_VERSION,
} from './limits.mjs';
import { AttestationVerdict, FileKind, HeaderBody, versionOf } from './messages.mjs';
import { FILE_HEADER, sign, verifies } from './signatures.mjs';
import { EMPTY_ROOT } from './tree.mjs';

const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;
const TAIL_BYTES = 4 + HASH_BYTES + SIGNATURE_BYTES;

export const EVENTS = FileKind.values.FILE_KIND_EVENTS;
export const MEMBERSHIP = FileKind.values.FILE_KIND_MEMBERSHIP;
export const COMPACTION = FileKind.values.FILE_KIND_COMPACTION;
export const ATTESTATION = FileKind.values.FILE_KIND_ATTESTATION;

/** A signed header: its exact bytes, and everything that can be read from them. Whether its author signed it is another question. */
export class SignedHeader {
  static parse(bytes) {
    check(bytes.length <= MAX_SIGNED_HEADER_BYTES, 'a header of more than 65,536 bytes');
    check(bytes.length > TAIL_BYTES, 'a header cut off');
    return new SignedHeader(Buffer.from(bytes));
  }

  /** Signs a body for a payload, as its author. */
  static make(seed, fields, seal) {
    const body = HeaderBody.encode({ version: PROTOCOL_VERSION, ...fields });
    const payload = seal(body);
    const signed = concat(body, u32(payload.length), sha256(payload));
    return { header: SignedHeader.parse(concat(signed, sign(FILE_HEADER, seed, signed))), payload };
  }

  constructor(bytes) {
    const bodyLength = bytes.length - TAIL_BYTES;
    this.bytes = bytes;
    this.fileId = fileId(bytes);
    this.body = bytes.subarray(0, bodyLength);
    this.payloadLength = bytes.readUInt32BE(bodyLength);
    this.payloadHash = bytes.subarray(bodyLength + 4, bodyLength + 4 + HASH_BYTES);
    this.signature = bytes.subarray(bytes.length - SIGNATURE_BYTES);
    check(this.payloadLength <= MAX_PAYLOAD_BYTES, 'a payload of more than 1,048,576 bytes');
    checkVersion(versionOf(this.body));
    this.fields = checkFields(HeaderBody.decode(this.body));
    check(this.fields.kind !== ATTESTATION || this.payloadLength === 0, 'attestations with a payload');
  }

  isGenesis() {
    return this.fields.membership?.genesis !== undefined;
  }

  isMembership() {
    return this.fields.kind === MEMBERSHIP;
  }

  signedBy(publicKey) {
    const signed = this.bytes.subarray(0, this.bytes.length - SIGNATURE_BYTES);
    return verifies(FILE_HEADER, publicKey, this.signature, signed);
  }

  /** The space that the file is of: a genesis is named by no space, it is one. */
  space() {
    return this.isGenesis() ? this.fileId : this.fields.space;
  }
}

function checkFields(it) {
  checkKind(it.kind);
  const genesis = it.membership?.genesis !== undefined;
  check((it.membership !== undefined) === (it.kind === MEMBERSHIP), 'a membership change in another kind of file, or none in its own');
  check(it.space.length === (genesis ? 0 : 32), 'space');
  check(it.device.length === 32, 'device');
  checkCounter(it.counter);
  check(it.previous.length === (it.counter === 1n ? 0 : 32), 'previous');
  check(it.collection.length === 16, 'collection');
  check(it.epoch >= 1 && it.epoch <= MAX_EPOCH, 'epoch');
  check(it.generation <= MAX_EPOCH, 'generation');
  checkRanges(it.supersedes);
  checkSeen(it.seen);
  check(it.buildsOn.length <= MAX_BUILDS_ON, 'builds_on');
  it.buildsOn.forEach(checkDot);
  check(it.expiresAtMillis <= MAX_SIGNED_63, 'expires_at_millis');
  check(it.salt.length === 32, 'salt');
  const namesKey = it.epoch > 1 && it.kind !== MEMBERSHIP && it.kind !== ATTESTATION;
  check(it.keyId.length === (namesKey ? 16 : 0), 'key_id');
  checkAttestations(it);
  if (it.kind === COMPACTION) checkCompaction(it);
  else check(it.generation === 0 && it.supersedes.length === 0 && it.part === 0 && it.parts === 0, 'what only a compaction has');
  if (it.kind === COMPACTION || it.kind === ATTESTATION) {
    check(it.buildsOn.length === 0 && it.expiresAtMillis === 0n, 'builds_on, or an expiry');
  }
  if (it.kind === MEMBERSHIP) check(it.expiresAtMillis === 0n, 'a membership file with an expiry');
  return it;
}

function checkCompaction({ generation, supersedes, seen, part, parts }) {
  check(generation >= 1, 'generation');
  check(supersedes.length === 1 && supersedes[0].last === seen.sequence, 'supersedes');
  check(parts >= 1 && parts <= MAX_COMPACTION_PARTS && part >= 1 && part <= parts, 'part');
}

function checkAttestations({ kind, attestations }) {
  check(attestations.length <= MAX_ATTESTATIONS, 'attestations');
  check((attestations.length > 0) === (kind === ATTESTATION), 'attestations in another kind of file, or none in their own');
  for (const { compaction, verdict } of attestations) {
    check(compaction.length === 32 && verdict !== 0, 'an attestation');
    if (!AttestationVerdict.names.has(verdict)) throw new TooNew('a verdict of a newer version');
  }
  check(new Set(attestations.map(({ compaction }) => hex(compaction))).size === attestations.length, 'a compaction attested twice');
}

function checkVersion(version) {
  check(version !== 0, 'version 0');
  if (version > PROTOCOL_VERSION) throw new TooNew('a file of a newer version');
}

function checkKind(kind) {
  check(kind !== 0, 'no kind of file');
  if (!FileKind.names.has(kind)) throw new TooNew('a kind of file of a newer version');
}

function checkSeen(seen) {
  check(seen !== undefined && seen.sequence < MAX_SEQUENCE && seen.root.length === 32, 'seen');
  check(seen.sequence > 0n || equal(seen.root, EMPTY_ROOT), 'the root of nothing');
}

const checkCounter = (counter) => check(counter >= 1n && counter < MAX_SEQUENCE, 'counter');

function checkDot({ device, counter, file }) {
  check(device.length === 32 && file.length === 32, 'a dot');
  checkCounter(counter);
}

function checkRanges(ranges) {
  check(ranges.length <= 1, 'supersedes');
  for (const { first, last } of ranges) check(first >= 1n && last >= first && last < MAX_SEQUENCE, 'supersedes');
}
