// Section 9 and 16: one device in one space. What it holds of the log, what it wrote and has not been acknowledged, and
// what both make together. All of it is durable (store.mjs); nothing here talks to anybody.
import { randomBytes } from 'node:crypto';
import { equal } from './bytes.mjs';
import { atMillis, max, movedBack, nextTime } from './clock.mjs';
import { KIND_NAMES } from './compound.mjs';
import { Malformed, TooNew } from './errors.mjs';
import { EVENTS, MEMBERSHIP, SignedHeader } from './header.mjs';
import { deviceId, MAIN } from './ids.mjs';
import { findEpochKey, invitationKeys, openPayload, payloadKey, sealEpochKey, sealPayload, x25519PublicOf } from './keys.mjs';
import { readLink } from './link.mjs';
import { Log } from './log.mjs';
import { State } from './merge.mjs';
import { MembershipPayload } from './messages.mjs';
import { pack, PATCH, PUT, unpack } from './payload.mjs';
import { eventPlace, floorSequence, highest, isByArrival, newestOf, placeOf } from './places.mjs';
import { JOIN, joinParts, publicKeyOf, sign } from './signatures.mjs';

export const SCHEMA = 'sealift_schema';

/** Of a space whose genesis is not known yet. */
const CUT_OFF_MILLIS = 90n * 86_400_000n;

export class Device {
  /** A device that is to join by a link: fresh keys, a fresh member, nothing of the log yet. */
  static joining(link) {
    const { mesh, space, notary, head, invitationSequence, secret, spaceName } = readLink(link);
    return new Device({
      mesh,
      spaceName,
      keys: { seed: randomBytes(32), hpkePrivate: randomBytes(32) },
      member: randomBytes(16),
      secret,
      invitationSequence,
      epochKey: undefined,
      log: Log.before({ space, notary, head }),
      base: new State(),
      seenTime: 0n,
      offsetMillis: 0,
      outbox: [],
      pending: [],
      unreadable: 0,
      otherCopy: false,
      displaced: [],
      places: [],
      newest: [],
    });
  }

  constructor(state) {
    Object.assign(this, state);
    this.places ??= [];
    this.newest ??= [];
    const { seed, hpkePrivate } = this.keys;
    this.publicKeys = { signing: publicKeyOf(seed), hpke: x25519PublicOf(hpkePrivate) };
    this.id = deviceId(this.publicKeys);
  }

  /** The invitation's keys, as long as this device has to join. */
  invitation() {
    const { seed, hpkePrivate } = invitationKeys(this.secret);
    return { seed, hpkePrivate, signing: publicKeyOf(seed), hpke: x25519PublicOf(hpkePrivate) };
  }

  isMember() {
    return this.log.membership?.device(this.id) !== undefined;
  }

  // Writing

  write({ kind, table, key, cells = new Map() }, now) {
    const time = nextTime(this.meshMillis(now), this.#lastTime());
    const written = kind === PUT || kind === PATCH ? this.withGroups(table, key, cells) : { cells };
    this.pending.push({ kind, table, key, ...written, time, seenSequence: this.log.position });
  }

  /** The device's own clock, corrected by what the last Challenge showed; never below zero. */
  meshMillis(now) {
    return Math.max(0, now + this.offsetMillis);
  }

  #lastTime() {
    return [...this.unsentEvents(), ...this.pending].reduce((last, { time }) => max(last, time), this.seenTime);
  }

  /** Events in files that the log does not show yet. */
  unsentEvents() {
    return this.outbox.flatMap((file) => (file.header.isMembership() ? [] : this.#open(file.header, file.payload)));
  }

  /** The state of everything that this device holds, its own unsent writes included. */
  view() {
    const state = this.base.copy();
    const cutOff = this.log.membership?.rules.cutOffMillis ?? CUT_OFF_MILLIS;
    let place = this.#placeAt(this.log.kept.findLastIndex(({ header }) => equal(header.fields.device, this.id)));
    for (const event of [...this.unsentEvents(), ...this.pending]) {
      place = highest(place, this.#floorAt(event.seenSequence));
      state.show(event, this.id, cutOff, place);
    }
    return state;
  }

  /** What was written after this much of the log was seen does not stand below it. */
  #floorAt(sequence) {
    const isFloor = isByArrival(this.log.membership?.rules) && sequence > 0n;
    return isFloor ? (this.log.kept[Number(sequence) - 1]?.serverTimeMillis ?? this.log.lastServerTime) : 0n;
  }

  #placeAt(index) {
    return this.places[index] ?? 0n;
  }

  /** The columns that the schema declares for a table as registers, in their order, each with its group or null. */
  registersOf(table) {
    const prefix = `c/${table}/`;
    const rows = [...(this.view().tables.get(SCHEMA) ?? [])].filter(([key]) => key.startsWith(prefix));
    const position = ([, row]) => row.cells.get('position')?.value ?? 0n;
    const registers = rows.filter(([, row]) => ![...KIND_NAMES.values()].includes(row.cells.get('type')?.value));
    registers.sort((a, b) => Number(position(a) - position(b)));
    return new Map(registers.map(([key, row]) => [key.slice(prefix.length), row.cells.get('together')?.value ?? null]));
  }

  /** With the other columns of the groups that are written to, as this device shows them; and the groups' numbers. */
  withGroups(table, key, cells) {
    const registers = this.registersOf(table);
    const written = [...new Set([...cells.keys()].map((column) => registers.get(column) ?? null))].filter((group) => group !== null);
    if (written.length === 0) return { cells };
    const number = (column) => written.indexOf(registers.get(column)) + 1;
    const row = this.view().row(table, key);
    const all = new Map(cells);
    for (const column of registers.keys()) if (number(column) && !all.has(column)) all.set(column, row?.cells.get(column)?.value ?? null);
    return { cells: all, groups: new Map([...all.keys()].map((column) => [column, number(column)])) };
  }

  // Taking in

  /** Applies entries that the log has taken in. */
  apply(entries) {
    for (const entry of entries) {
      const { sequence, header, payload } = entry;
      const own = this.#takeFromOutbox(header);
      if (payload === undefined || (payload === null && own)) this.log.keepPayload(sequence, own.payload);
      this.displaced = this.displaced.filter((file) => !equal(file.header.fileId, header.fileId));
      this.seenTime = max(this.seenTime, header.fields.hybridTime);
      this.#applyEntry(entry, payload ?? own?.payload);
    }
  }

  #applyEntry(entry, payload) {
    const { sequence, serverTimeMillis } = entry;
    const { kind, expiresAtMillis } = entry.header.fields;
    const inside = kind === EVENTS && payload ? this.#eventsOf(entry.header, payload) : [];
    const keeps = this.base.lifetimes.keeps(inside, expiresAtMillis);
    if (!keeps) this.unreadable++;
    const read = keeps ? inside : [];
    const opened = read.map((event) => this.#withChains(event, sequence));
    const { device } = entry.header.fields;
    this.places[Number(sequence) - 1] = this.#place(entry, opened);
    this.newest[Number(sequence) - 1] = newestOf(opened);
    const place = this.#placeOfEvents(device, sequence);
    const events = opened.map((event) => ({ ...event, place: place(event) }));
    this.base.take(events, { device, sequence, serverTimeMillis }, this.log.membership.rules);
  }

  /** Looks through the chain once a file, and only where there are places. */
  #placeOfEvents(device, sequence) {
    if (!isByArrival(this.log.membership?.rules)) return () => 0n;
    const chain = this.#chainOf(device, sequence);
    const serverTimeAt = (seen) => this.#floorAt(seen < sequence ? seen : sequence - 1n);
    return (event) => eventPlace(event, chain, serverTimeAt, this.#placesSeen(event));
  }

  /** Of the files that its author had seen without receipts, as far as the log has them. */
  #placesSeen({ seenChains = [] }) {
    return seenChains.map(({ sequence }) => this.#placeAt(Number(sequence) - 1));
  }

  /** The files of a device up to a sequence. */
  #chainOf(device, sequence) {
    const upTo = this.log.kept.slice(0, Number(sequence)).map(({ header }, at) => ({ header, place: this.#placeAt(at), newest: this.newest[at] ?? 0n }));
    return upTo.filter(({ header }) => equal(header.fields.device, device));
  }

  /** Where the log has the files that an author had seen without receipts; what does not stand before his own was not seen. */
  #withChains({ seenFiles = [], ...event }, sequence) {
    if (seenFiles.length === 0) return event;
    const before = this.log.kept.slice(0, Number(sequence) - 1);
    const oldMillis = this.log.kept[Number(sequence) - 1].serverTimeMillis - this.log.membership.rules.cutOffMillis;
    const at = ({ device, counter, file }) => before.findIndex(({ header, serverTimeMillis }) =>
      header.fields.counter === counter && equal(header.fields.device, device) && (serverTimeMillis <= oldMillis || equal(header.fileId, file)));
    const seenChains = seenFiles.map((dot) => ({ device: dot.device, sequence: BigInt(at(dot)) + 1n }));
    return { ...event, seenChains: seenChains.filter((chain) => chain.sequence > 0n) };
  }

  #place({ sequence, header, serverTimeMillis, base }, events) {
    const { device, counter, hybridTime, seen } = header.fields;
    const isBefore = ({ header: other }) => equal(other.fields.device, device) && other.fields.counter === counter - 1n;
    const before = this.#placeAt(this.log.kept.findIndex(isBefore));
    const at = floorSequence({ sequence, headerSeen: seen.sequence, seen: events.map(({ seenSequence }) => seenSequence) });
    const floor = highest(this.#floorAt(at), ...events.flatMap((event) => this.#placesSeen(event)));
    return placeOf(this.log.membership.rules, { serverTimeMillis, hybridTime, base }, { floor, before });
  }

  /**
   * Files that a restored mesh has no place for any more are put once more: this device's own, before those that wait, and
   * others' besides, but for such as came without what they held. What they say is merged already, and by hybrid time a rank does not rest on a place; where ranks go by arrival, or
   * rows count for a lifetime, what is left of the log is merged anew, and others' files show again once they are back.
   */
  putAgain(all) {
    const lost = all.filter(({ payload }) => payload !== null);
    if (lost.length) this.unreadable -= lost.filter((file) => !this.#opens(file)).length;
    const isOwn = ({ header }) => equal(header.fields.device, this.id);
    const again = [...lost.filter(isOwn), ...this.outbox];
    this.outbox = again.map(({ header, payload }) => ({ header, payload, receipted: false }));
    this.displaced = [...lost.filter((file) => !isOwn(file)), ...this.displaced];
    this.pending = this.pending.map((event) => this.#seenAtMost(event));
    const hangsOnTheLog = isByArrival(this.log.membership?.rules) || this.base.lifetimes.millis.size > 0;
    if (all.length && hangsOnTheLog) this.#mergeAnew();
  }

  #mergeAnew() {
    this.base = new State();
    this.places = [];
    this.newest = [];
    this.unreadable = 0;
    this.log.kept.forEach((file, at) => this.#applyEntry({ ...file, sequence: BigInt(at) + 1n }, file.payload));
  }

  #seenAtMost({ seenSequence, ...event }) {
    return { ...event, seenSequence: seenSequence < this.log.position ? seenSequence : this.log.position };
  }

  #opens({ header, payload }) {
    try {
      return header.fields.kind !== EVENTS || this.#open(header, payload) !== undefined;
    } catch (error) {
      if (error instanceof Malformed) return false;
      throw error;
    }
  }

  #made(header) {
    return this.outbox.some((file) => equal(file.header.fileId, header.fileId));
  }

  #takeFromOutbox(header) {
    const at = this.outbox.findIndex((file) => equal(file.header.fileId, header.fileId));
    return at < 0 ? undefined : this.outbox.splice(at, 1)[0];
  }

  /** None of a file that nobody can read. */
  #eventsOf(header, payload) {
    try {
      return this.#open(header, payload);
    } catch (error) {
      if (!(error instanceof Malformed) || error instanceof TooNew) throw error;
      this.unreadable++;
      return [];
    }
  }

  #open(header, payload, epochKey = this.epochKey) {
    const { salt, collection, epoch, hybridTime } = header.fields;
    if (epoch !== 1 || !epochKey) throw new Malformed('sealed under an epoch whose key is not there');
    const events = unpack(openPayload(payloadKey(epochKey, salt, epoch, collection), payload, header.body));
    if (events.some(({ time }) => time > hybridTime)) throw new Malformed('an event later than its file');
    return events;
  }

  /**
   * Whether an entry can be applied: an own file that came without its payload, and that this copy of the home did not
   * make, has to be asked for again. Throws TooNew for a payload of a version that cannot be read yet.
   */
  mayTake({ header, payload }, epochKey = this.epochKey) {
    if (header.fields.kind !== EVENTS) return true;
    if (payload === undefined) return this.#made(header);
    if (payload === null) return true;
    try {
      this.#open(header, payload, epochKey);
    } catch (error) {
      if (error instanceof TooNew || !(error instanceof Malformed)) throw error;
    }
    return true;
  }

  /** The epoch key, where a membership file holds it for this device: in its own join, or in the invitation of its link. */
  keyIn({ sequence, header, payload }) {
    if (equal(header.fields.device, this.id) && payload) return findEpochKey(payload, this.keys.hpkePrivate);
    if (sequence === this.invitationSequence) return findEpochKey(payload, this.invitation().hpkePrivate);
    return undefined;
  }

  /** What Log.takeFiles needs to know of this device. */
  reading(meshMillis, omitsOwn) {
    return {
      me: this.id,
      omitsOwn,
      meshMillis,
      epochKey: this.epochKey,
      keyIn: (entry) => this.keyIn(entry),
      mayTake: (entry, epochKey) => this.mayTake(entry, epochKey),
    };
  }

  // Files to send

  /** Makes the Join, as file 1; one that was refused because another change came first is made again. */
  makeJoin(now) {
    const { seed, signing } = this.invitation();
    const device = this.publicKeys;
    const { membership } = this.log;
    const member = membership.invitation(signing)?.member;
    if (member?.length) this.member = member;
    const parts = joinParts({ space: this.log.space, device, member: this.member });
    const join = { device, invitation: signing, invitationSignature: sign(JOIN, seed, ...parts), member: this.member };
    const sealedKey = sealEpochKey(this.epochKey, device.hpke);
    const payload = MembershipPayload.encode({
      version: 1,
      envelopes: [{ collection: MAIN, epoch: 1, recipient: device.hpke, sealedKey }],
    });
    const fields = {
      kind: MEMBERSHIP,
      hybridTime: atMillis(this.meshMillis(now)),
      membership: { number: membership.number + 1n, previous: membership.last, join },
    };
    this.outbox = this.outbox.filter((file) => !file.header.isMembership());
    this.outbox.push(this.#sign(fields, () => payload));
  }

  /** Packs all pending events into files behind those in the outbox; times that are too far ahead are moved back before. */
  packPending(now) {
    this.#moveBack(now);
    while (this.pending.length) {
      const { file, count } = this.#packSome(this.pending.length);
      this.outbox.push(file);
      this.pending.splice(0, count);
    }
  }

  /** As many events as fit into a file: all, else half of them, and so on. */
  #packSome(count) {
    const events = this.pending.slice(0, count);
    try {
      return { file: this.#seal(events), count };
    } catch (error) {
      if (!(error instanceof Malformed) || count === 1) throw error;
      return this.#packSome(Math.ceil(count / 2));
    }
  }

  #seal(events) {
    const plaintext = pack(events);
    unpack(plaintext); // holds the writer to every bound that a reader has
    const fields = { kind: EVENTS, hybridTime: events.map(({ time }) => time).reduce(max) };
    return this.#sign(fields, (body, salt) => sealPayload(payloadKey(this.epochKey, salt), plaintext, body));
  }

  #sign(fields, seal) {
    const { counter, file } = this.#chainEnd();
    const salt = randomBytes(32);
    const all = {
      space: this.log.space,
      device: this.id,
      counter: counter + 1n,
      previous: file,
      collection: MAIN,
      epoch: 1,
      seen: this.log.seen(),
      salt,
      ...fields,
    };
    return { ...SignedHeader.make(this.keys.seed, all, (body) => seal(body, salt)), receipted: false };
  }

  #chainEnd() {
    const last = this.outbox.at(-1)?.header;
    return last ? { counter: last.fields.counter, file: last.fileId } : this.log.chainOf(this.id);
  }

  /** Takes the events of all files that have no receipt back, to pack them again behind what the log shows by then. */
  unpackOutbox() {
    const again = this.outbox.filter((file) => !file.receipted && !file.header.isMembership());
    const events = again.flatMap((file) => this.#open(file.header, file.payload));
    this.outbox = this.outbox.filter((file) => file.receipted);
    this.pending = [...events.map((event) => this.#seenAtMost(event)), ...this.pending];
  }

  #moveBack(now) {
    const times = this.pending.map(({ time }) => time);
    const seen = this.unsentEvents().reduce((last, { time }) => max(last, time), this.seenTime);
    const moved = movedBack(times, this.log.clockBoundMillis(), this.meshMillis(now), seen);
    this.pending = this.pending.map((event, i) => ({ ...event, time: moved[i] }));
  }

  static putOf(device, { table, key, cells }) {
    const all = new Map([...device.registersOf(table).keys()].map((column) => [column, null]));
    for (const [column, value] of cells) all.set(column, value);
    return { kind: PUT, table, key, cells: all };
  }
}
