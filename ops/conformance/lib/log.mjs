// Sections 12 and 17: the log as this device holds it, and every check on what a mesh says of it. A method either
// takes in all of a frame or throws and leaves the log as it was.
import { equal, hex } from './bytes.mjs';
import { millisOf } from './clock.mjs';
import { check, Failure, Malformed, Refusal, TooNew, Violation } from './errors.mjs';
import { SignedHead } from './head.mjs';
import { ATTESTATION, COMPACTION, EVENTS, SignedHeader } from './header.mjs';
import { fileId, sha256 } from './ids.mjs';
import { SignedIncarnation } from './incarnation.mjs';
import { commitment } from './keys.mjs';
import { MAX_FILES_ENTRIES, MAX_INCARNATIONS, MAX_PROOF_HASHES } from './limits.mjs';
import { Membership, READER } from './membership.mjs';
import { PayloadAbsence } from './messages.mjs';
import { highest, isByArrival, publicPlace } from './places.mjs';
import { consistencyHolds, Edge, EMPTY_ROOT, inclusionHolds, leafHash } from './tree.mjs';

const { PAYLOAD_ABSENCE_UNSPECIFIED, PAYLOAD_ABSENCE_OWN, PAYLOAD_ABSENCE_EXPIRED } = PayloadAbsence.values;

/** Before the first file of a chain. */
const START = { counter: 0n, file: Buffer.alloc(0), place: 0n };

/** Beside membership files. What compactions and attestations are about is held here already. */
const SERVED = new Set([EVENTS, COMPACTION, ATTESTATION]);

/** Heads ahead of the position that are kept. An honest mesh shows few before the log catches up. */
const MAX_HEADS = 1024;

/** Where a chain ends, and with which place as far as everybody can work it out. */
function endAt({ fields, fileId: file }, rules, { serverTimeMillis, base }) {
  const place = publicPlace(rules, { serverTimeMillis, base, hybridTime: fields.hybridTime });
  return { counter: fields.counter, file, place };
}

export function demand(holds, violation, what) {
  if (!holds) throw new Violation(violation, what);
}

export class Log {
  /** What is known of a space before any of its log: the space, its notary, and a head to which the log has grown at least. */
  static before({ space, notary, head }) {
    return new Log({
      space,
      notary,
      heads: head ? [head] : [],
      edge: Edge.EMPTY,
      roots: [EMPTY_ROOT],
      leaves: [],
      chains: new Map(),
      membership: undefined,
      lastServerTime: 0n,
      receipts: new Map(),
      kept: [],
      heldHead: undefined,
      incarnations: [],
    });
  }

  constructor(state) {
    Object.assign(this, state);
  }

  get position() {
    return this.edge.size;
  }

  /** The tree's root at a size that is held. */
  rootAt(size) {
    return this.roots[Number(size)];
  }

  /** How often the mesh was restored, as far as this device has learnt. */
  get incarnation() {
    return this.incarnations.at(-1)?.number ?? 0;
  }

  /** What the next header says it has seen. */
  seen() {
    return { sequence: this.position, root: this.rootAt(this.position) };
  }

  chainOf(device) {
    return this.chains.get(hex(device)) ?? START;
  }

  /** The size of the largest log that is known to be. */
  knownSize() {
    return this.heads.reduce((most, { size }) => (size > most ? size : most), this.position);
  }

  clockBoundMillis() {
    return this.membership.rules.clockBoundMillis;
  }

  /** A head from Advanced or PutResult. */
  takeHead(bytes) {
    this.#keep(this.#checkHead(bytes));
  }

  takeWelcome(bytes) {
    const { incarnation } = SignedHead.parse(bytes);
    const known = this.heads.reduce((most, it) => Math.max(most, it.incarnation), this.incarnation);
    demand(incarnation >= known, 'ROLLED_BACK', 'the mesh has gone back to before it was restored');
    const head = this.#checkHead(bytes);
    demand(head.size >= this.knownSize(), 'ROLLED_BACK');
    this.#keep(head);
    return head;
  }

  // A mesh that was restored

  /** The head of a mesh that recovers: it may be shorter than what was known. Gives its size. */
  sizeOfRecovering(bytes) {
    return this.#checkHead(bytes).size;
  }

  /** Whether the mesh was restored to before the incarnation that this log is of, and knows nothing of it. */
  isLostBetween(all) {
    return this.incarnation > 0 && !all.some((bytes) => SignedIncarnation.parse(bytes).number === this.incarnation);
  }

  /**
   * Takes the incarnations that are new, all of them or none. What lies beyond their sizes has no place in the log any
   * more: gives those files, in the order of the log that they were in.
   */
  takeIncarnations(all) {
    check(all.length <= MAX_INCARNATIONS && this.incarnations.length <= MAX_INCARNATIONS, 'incarnations');
    const begun = all.map((bytes) => SignedIncarnation.parse(bytes)).filter(({ number }) => number > this.incarnation);
    begun.forEach((it, i) => {
      check(i === 0 || it.number > begun[i - 1].number, 'incarnations that do not rise');
      demand(equal(it.space, this.space) && it.signedBy(this.notary), 'HEAD_NOT_SIGNED');
      if (it.size <= this.position) demand(equal(it.root, this.rootAt(it.size)), 'FORKED');
    });
    return begun.reduce((lost, it) => [...this.#begin(it), ...lost], []);
  }

  #begin(begun) {
    const { number, size } = begun;
    const lost = this.kept.slice(Number(size));
    this.heads = this.heads.filter((head) => head.size <= size || head.incarnation >= number);
    for (const sequence of this.receipts.keys()) if (sequence > size) this.receipts.delete(sequence);
    if (lost.length) this.#rewind(Number(size));
    this.incarnations.push(begun);
    return lost;
  }

  /** Back to the first so many files: they were checked when they came. */
  #rewind(size) {
    this.kept = this.kept.slice(0, size);
    this.leaves = this.leaves.slice(0, size);
    this.roots = this.roots.slice(0, size + 1);
    this.edge = this.leaves.reduce((edge, leaf) => edge.append(leaf), Edge.EMPTY);
    this.lastServerTime = this.kept.at(-1)?.serverTimeMillis ?? 0n;
    this.chains = new Map();
    this.membership = undefined;
    for (const { header, serverTimeMillis, base } of this.kept) {
      if (header.isGenesis()) this.membership = Membership.found(header);
      else if (header.isMembership()) this.membership = this.membership.apply(header, serverTimeMillis);
      this.chains.set(hex(header.fields.device), endAt(header, this.membership.rules, { serverTimeMillis, base }));
    }
    if (this.heldHead?.size > this.position) this.heldHead = undefined;
  }

  /** An own file came without its payload, which its author has. */
  keepPayload(sequence, payload) {
    this.kept[Number(sequence) - 1].payload = payload;
  }

  /** A receipt for a file that was sent; `head` is the one that came with it. */
  takeReceipt(receipt, file, headBytes) {
    checkHashes(receipt.path);
    const head = this.#checkHead(headBytes);
    const { sequence, serverTimeMillis, base, path } = receipt;
    const leaf = leafHash({ space: this.space, sequence, serverTimeMillis, base, file });
    const proof = { index: sequence - 1n, size: head.size, leaf, path, root: head.root };
    demand(sequence >= 1n && inclusionHolds(proof), 'RECEIPT_FALSE');
    demand(sequence > this.position || this.#holds(sequence, leaf), 'RECEIPT_NOT_HONOURED');
    this.#keep(head);
    if (sequence > this.position) this.receipts.set(sequence, file);
  }

  /**
   * Takes in pushed Files: everything, or everything before the first entry that has to wait, is too new, or that
   * `mayTake` refuses. `keyIn` looks for the epoch key in an entry as long as there is none. Gives the entries taken, the
   * epoch key, and what stopped it, if anything did: { entries, epochKey, stop: { waitsUntilMillis or tooNew or refused } }.
   */
  takeFiles(files, options) {
    check(files.entries.length >= 1 && files.entries.length <= MAX_FILES_ENTRIES, 'a number of entries');
    checkHashes(files.consistency);
    const head = this.#checkHead(files.signedHead);
    demand(files.firstSequence >= 1n && files.firstSequence <= this.position + 1n, 'LOG_ALTERED');
    const entries = files.entries.slice(Number(this.position + 1n - files.firstSequence));
    const reading = { ...options, headMillis: head.serverTimeMillis };
    const draft = new Draft(this, reading);
    const stop = checkEntries(draft, entries);
    this.#checkFrame(draft, files, head);
    const taken = stop.at === undefined ? draft : this.#upTo(entries.slice(0, stop.at), reading);
    this.#commit(taken);
    this.#keep(head);
    return { entries: taken.entries, epochKey: taken.epochKey, stop };
  }

  /** The one entry of a Fetch, before the log is held: nothing but its shape, its bytes and the head can be checked. */
  takeFetched(files, sequence) {
    check(files.entries.length === 1 && files.firstSequence === sequence, 'not the entry that was asked for');
    checkHashes(files.consistency);
    this.#keep(this.#checkHead(files.signedHead));
    const [entry] = files.entries;
    const header = SignedHeader.parse(entry.signedHeader);
    demand(entry.absence === PAYLOAD_ABSENCE_UNSPECIFIED, 'PAYLOAD_MISSING');
    checkPayload(header, entry.payload);
    return { header, payload: entry.payload };
  }

  #checkHead(bytes) {
    const head = SignedHead.parse(bytes);
    demand(equal(head.space, this.space) && head.signedBy(this.notary), 'HEAD_NOT_SIGNED');
    // A part of the mesh may be behind for a moment, or ahead: only a Welcome says where an incarnation begins.
    const fresh = this.position === 0n && this.heads.length === 0;
    if (head.incarnation !== this.incarnation && !fresh) throw new Failure('try_again', 'the mesh was restored meanwhile');
    if (head.size <= this.position) demand(equal(head.root, this.rootAt(head.size)), 'FORKED');
    const known = this.heads.find(({ size }) => size === head.size);
    if (known) demand(equal(head.root, known.root), 'FORKED');
    return head;
  }

  /**
   * Keeps a head that lies ahead, until the log is held that far. Section 17 asks for the largest and the smallest; here
   * are all, up to a bound, beyond which the latest makes room.
   */
  #keep(head) {
    const held = [...this.heads, head].filter(({ size }) => size <= this.position && size > (this.heldHead?.size ?? 0n));
    for (const it of held) if (it.size > (this.heldHead?.size ?? 0n)) this.heldHead = it;
    this.heads = this.heads.filter(({ size }) => size > this.position && size !== head.size);
    if (head.size <= this.position) return;
    if (this.heads.length === MAX_HEADS) this.heads.pop();
    this.heads.push(head);
  }

  #holds(sequence, leaf) {
    return equal(this.leaves[Number(sequence) - 1], leaf);
  }

  #checkFrame(draft, { firstSequence, entries, consistency }, head) {
    const last = firstSequence + BigInt(entries.length) - 1n;
    const proof = { first: last, second: head.size, firstRoot: draft.rootAt(last), secondRoot: head.root, path: consistency };
    demand(consistencyHolds(proof), 'LOG_ALTERED');
    for (const known of this.heads) {
      if (known.size <= last) demand(equal(known.root, draft.rootAt(known.size)), 'FORKED');
    }
    for (const { header, sequence } of draft.entries) {
      const { seen, hybridTime } = header.fields;
      const bound = draft.membership.rules.clockBoundMillis;
      if (this.incarnations.some((it) => it.excuses(seen, millisOf(hybridTime), bound))) continue;
      demand(seen.sequence < sequence && equal(seen.root, draft.rootAt(seen.sequence)), 'SEEN_ANOTHER_LOG');
    }
    for (const { base, expectedBase } of draft.entries) demand(base === expectedBase, 'BASE_FALSE');
  }

  #upTo(entries, options) {
    const draft = new Draft(this, options);
    for (const entry of entries) draft.take(entry);
    return draft;
  }

  #commit({ entries, edge, newRoots, newLeaves, chains, membership, lastServerTime }) {
    this.roots.push(...newRoots);
    this.leaves.push(...newLeaves);
    this.kept.push(...entries.map(({ header, payload, serverTimeMillis, base }) => ({ header, payload, serverTimeMillis, base })));
    for (let held = this.position + 1n; held <= edge.size; held++) this.receipts.delete(held);
    Object.assign(this, { edge, chains, membership, lastServerTime });
  }
}

/** Runs through all entries, also those behind the one that stops; after one that is too new, the rest only grows the tree. */
function checkEntries(draft, entries) {
  let stop;
  entries.forEach((entry, i) => {
    if (stop?.tooNew) draft.grow(entry);
    else if (stop) draft.take(entry);
    else stop = stopAt(i, draft, entry);
  });
  return stop ?? {};
}

function stopAt(at, draft, entry) {
  try {
    draft.take(entry);
    if (!draft.mayTakeLast()) return { at, refused: true };
  } catch (error) {
    if (!(error instanceof TooNew)) throw error;
    if (draft.entries.length === at) draft.grow(entry);
    return { at, tooNew: error.message };
  }
  const waitsUntilMillis = draft.waitsUntil();
  return waitsUntilMillis === undefined ? undefined : { at, waitsUntilMillis };
}

/** The log with entries more, until it is known that all of them hold. */
class Draft {
  constructor(log, options) {
    const { space, notary, edge, membership, lastServerTime, receipts } = log;
    Object.assign(this, { log, space, notary, edge, membership, lastServerTime, receipts });
    this.options = { omitsOwn: false, mayTake: () => true, keyIn: () => undefined, ...options };
    this.epochKey = options.epochKey;
    this.chains = new Map(log.chains);
    this.newRoots = [];
    this.newLeaves = [];
    this.entries = [];
  }

  rootAt(size) {
    const held = this.log.roots.length;
    return size < held ? this.log.rootAt(size) : this.newRoots[Number(size) - held];
  }

  /** Checks one entry in the order of section 17, then appends it. */
  take(entry) {
    const sequence = this.edge.size + 1n;
    const header = parseHeader(entry.signedHeader);
    this.#checkSpace(header, sequence);
    const founded = sequence === 1n ? this.#found(header) : undefined;
    this.#checkAuthor(header, founded);
    const membership = founded ?? this.#applyMembership(header, entry);
    if (!header.isMembership()) {
      demand(this.membership?.device(header.fields.device)?.role > READER, 'AUTHOR_NOT_A_MEMBER', 'an author who may not write');
    }
    this.#checkChain(header);
    this.#checkBuildsOn(header);
    this.#checkTimes(header, entry, membership);
    checkPresence(header, entry, this.options);
    const receipt = this.receipts.get(sequence);
    demand(!receipt || equal(receipt, header.fileId), 'RECEIPT_NOT_HONOURED');
    const { serverTimeMillis, base } = entry;
    const expectedBase = this.#expectedBase(header, membership.rules);
    const taken = { sequence, header, payload: payloadOf(entry), serverTimeMillis, base, expectedBase };
    if (header.isMembership()) this.#checkKey(taken, membership);
    this.membership = membership;
    this.lastServerTime = entry.serverTimeMillis;
    this.chains.set(hex(header.fields.device), endAt(header, membership.rules, entry));
    this.grow(entry);
    this.entries.push(taken);
  }

  grow({ signedHeader, serverTimeMillis, base }) {
    const sequence = this.edge.size + 1n;
    const leaf = leafHash({ space: this.space, sequence, serverTimeMillis, base, file: fileId(signedHeader) });
    this.edge = this.edge.append(leaf);
    this.newLeaves.push(leaf);
    this.newRoots.push(this.edge.root());
  }

  /** When the newest entry's time is within the bound of mesh time; undefined if it is so now. */
  waitsUntil() {
    const { hybridTime } = this.entries.at(-1).header.fields;
    const least = millisOf(hybridTime) - this.membership.rules.clockBoundMillis;
    return least > BigInt(this.options.meshMillis) ? least : undefined;
  }

  mayTakeLast() {
    return this.options.mayTake(this.entries.at(-1), this.epochKey);
  }

  #checkKey(entry, { epochCommitment }) {
    this.epochKey ??= this.options.keyIn(entry);
    demand(!this.epochKey || equal(commitment(this.epochKey), epochCommitment), 'KEY_NOT_COMMITTED');
  }

  #checkSpace(header, sequence) {
    const first = sequence === 1n;
    demand(equal(header.space(), this.space) && header.isGenesis() === first, 'LOG_ALTERED', 'a file of another space');
  }

  #found(header) {
    const membership = orViolation(() => Membership.found(header), { BAD_SIGNATURE: 'FILE_NOT_SIGNED' });
    demand(equal(membership.notary, this.notary), 'MEMBERSHIP_BROKEN', 'a genesis that names another notary');
    return membership;
  }

  #checkAuthor(header, founded) {
    const key = (founded ?? this.membership).authorKey(header);
    demand(key, 'AUTHOR_NOT_A_MEMBER');
    demand(header.signedBy(key), 'FILE_NOT_SIGNED');
  }

  #applyMembership(header, { serverTimeMillis }) {
    if (SERVED.has(header.fields.kind)) return this.membership;
    if (!header.isMembership()) throw new TooNew('a kind of file that this version does not serve');
    return orViolation(() => this.membership.apply(header, serverTimeMillis));
  }

  #chainOf({ fields }) {
    return this.chains.get(hex(fields.device)) ?? START;
  }

  #checkChain(header) {
    const { fields } = header;
    const { counter, file } = this.#chainOf(header);
    demand(fields.counter === counter + 1n && equal(fields.previous, file), 'CHAIN_BROKEN');
  }

  /** What it builds on stands before it, as the very file that it names. */
  #checkBuildsOn({ fields }) {
    for (const dot of fields.buildsOn) demand(this.#entryAt(dot), 'BUILDS_ON_MISSING');
  }

  /** A file of the log before this one. */
  #entryAt({ device, counter, file }) {
    const isIt = ({ header }) =>
      header.fields.counter === counter && equal(header.fields.device, device) && equal(header.fileId, file);
    return this.entries.find(isIt) ?? this.log.kept.find(isIt);
  }

  /** The highest place among the files that one builds on, as far as everybody can work them out. */
  #expectedBase(header, rules) {
    const others = isByArrival(rules) ? header.fields.buildsOn.map((dot) => this.#entryAt(dot)) : [];
    return highest(this.#chainOf(header).place, ...others.map((entry) => endAt(entry.header, rules, entry).place));
  }

  #checkTimes({ fields }, { serverTimeMillis }, { rules }) {
    demand(serverTimeMillis > this.lastServerTime, 'TIME_BROKEN');
    demand(millisOf(fields.hybridTime) <= serverTimeMillis + rules.clockBoundMillis, 'TIME_BROKEN');
  }
}

function orViolation(change, names = {}) {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'UNSUPPORTED') throw new TooNew(error.message);
    throw new Violation(names[error.code] ?? 'MEMBERSHIP_BROKEN', error.message);
  }
}

/** An honest mesh has no header that it could not read. */
function parseHeader(bytes) {
  try {
    return SignedHeader.parse(bytes);
  } catch (error) {
    if (error instanceof TooNew || !(error instanceof Malformed)) throw error;
    throw new Violation('LOG_ALTERED', error.message);
  }
}

/** Undefined of one that its author has; null of one that nobody gives any more, since it has expired. */
function payloadOf({ absence, payload }) {
  if (absence === PAYLOAD_ABSENCE_EXPIRED) return null;
  return absence === PAYLOAD_ABSENCE_OWN ? undefined : payload;
}

function checkPresence(header, { absence, payload }, { me, omitsOwn, headMillis }) {
  const { kind, expiresAtMillis } = header.fields;
  if (absence === PAYLOAD_ABSENCE_EXPIRED && kind === EVENTS && expiresAtMillis > 0n && expiresAtMillis <= headMillis) return;
  if (absence === PAYLOAD_ABSENCE_OWN && omitsOwn && equal(header.fields.device, me)) return;
  demand(absence === PAYLOAD_ABSENCE_UNSPECIFIED, 'PAYLOAD_MISSING');
  checkPayload(header, payload);
}

function checkPayload(header, payload) {
  const fits = payload.length === header.payloadLength && equal(sha256(payload), header.payloadHash);
  demand(fits, 'PAYLOAD_ALTERED');
}

function checkHashes(hashes) {
  check(hashes.length <= MAX_PROOF_HASHES && hashes.every(({ length }) => length === 32), 'a proof');
}
