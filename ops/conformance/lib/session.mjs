// Sections 13, 14 and 16: one connection, as a machine without clock or socket. `start` and `receive` give the frames
// to send; a Violation, Failure or Malformed that is thrown ends the connection. `save` is called before anything is
// said that must not be forgotten. Get before put: nothing is sent before everything is held.
import { randomBytes } from 'node:crypto';
import { equal, hex } from './bytes.mjs';
import { check, Failure, Violation } from './errors.mjs';
import { findEpochKey } from './keys.mjs';
import { MAX_BUILDS_ON, MAX_FRAME_BYTES, MAX_PUT_FILES, PROTOCOL_VERSION } from './limits.mjs';
import { bodyOf, ProblemCode, RefusalCode, shortName } from './messages.mjs';
import {
  connection, CONNECT_DEVICE, CONNECT_INVITATION, CONNECT_NOTARY, connectNotaryParts, sign, verifies,
} from './signatures.mjs';
import { consistencyPath } from './tree.mjs';
import { WelcomeStatement } from './welcome.mjs';

const CREDIT_BYTES = 4 * 1024 * 1024;
const KEY_FETCH = 1n;
/** What a Put says beside its headers and payloads; generous. */
const PUT_FILE_OVERHEAD = 32;

/** Refusals that say nothing of the file: the same bytes may be taken a moment later. */
const PASSING = new Set(['BUSY', 'CLOCK_DOUBTFUL', 'STORE_UNAVAILABLE', 'PAYLOAD_MISMATCH']);

export class Session {
  #device;
  #now;
  #save;
  #state = 'challenge';
  #nonce = randomBytes(32);
  #joining;
  #omitsOwn;
  #window = { bytes: 0, files: 0 };
  #request = 0n;
  #underWay;
  #connected;
  #tried = new Set();
  #restoring;

  /** Whether everything is held, and everything sent has its receipt. */
  finished = false;

  constructor(device, { now, save }) {
    this.#device = device;
    this.#now = now;
    this.#save = save;
    this.#joining = !device.isMember();
    this.#omitsOwn = !device.otherCopy;
  }

  start() {
    const { publicKeys, log } = this.#device;
    const invitation = this.#joining ? this.#device.invitation().signing : undefined;
    const versions = { minVersion: PROTOCOL_VERSION, maxVersion: PROTOCOL_VERSION };
    return [{ hello: { ...versions, space: log.space, device: publicKeys, clientNonce: this.#nonce, invitation } }];
  }

  /** Takes a frame; `size` is the length of the message that it came in, which is what it costs. */
  receive(frame, size) {
    const [name, body] = bodyOf(frame) ?? check(false, 'a frame without a body');
    const handler = this.#handlers()[name];
    check(handler !== undefined, 'a frame that may not come now');
    return handler(body, size) ?? [];
  }

  #handlers() {
    const always = { problem: (it) => this.#problem(it), goAway: (it) => this.#goAway(it) };
    switch (this.#state) {
      case 'challenge':
        return { ...always, challenge: (it) => this.#challenge(it) };
      case 'welcome':
        return { ...always, welcome: (it) => this.#welcome(it) };
      case 'key':
        return { ...always, files: (it) => this.#takeKey(it) };
      case 'restoring':
        return { ...always, putResult: (it) => this.#restored(it) };
      default:
        return {
          ...always,
          files: (it, size) => this.#files(it, size),
          advanced: (it) => this.#advanced(it),
          putResult: (it) => this.#putResult(it),
        };
    }
  }

  // Handshake

  #challenge({ version, notary, serverNonce, serverTimeMillis, signature }) {
    check(version === PROTOCOL_VERSION, 'a version that was not offered');
    check(notary.length === 32 && serverNonce.length === 32, 'a challenge cut off');
    const { log, id, keys } = this.#device;
    this.#connected = { version, notary, space: log.space, clientNonce: this.#nonce, serverNonce };
    const bytes = connection(this.#connected);
    const proven = verifies(CONNECT_NOTARY, notary, signature, ...connectNotaryParts(bytes, serverTimeMillis));
    if (!equal(notary, log.notary) || !proven) {
      throw new Failure('wrong_mesh', 'what answered cannot prove that it is the mesh of this space');
    }
    this.#device.offsetMillis = Number(serverTimeMillis) - this.#now();
    this.#state = 'welcome';
    const invitationSignature = this.#joining ? sign(CONNECT_INVITATION, this.#device.invitation().seed, bytes, id) : undefined;
    return [{ prove: { signature: sign(CONNECT_DEVICE, keys.seed, bytes, id), invitationSignature } }];
  }

  #welcome(welcome) {
    // Before anything of it is believed: whoever is on the way can send what the mesh said to another, or never.
    if (!WelcomeStatement.check(this.#connected, welcome)) {
      throw new Failure('wrong_mesh', 'what came as word of the mesh is not signed by its key for this connection');
    }
    const { known, signedHead, putWindowBytes, maxPutFiles, recoveringMillis = 0n, incarnations = [] } = welcome;
    const device = this.#device;
    device.offsetMillis = Number(welcome.serverTimeMillis) - this.#now();
    this.#window = { bytes: putWindowBytes, files: Math.min(maxPutFiles, MAX_PUT_FILES) };
    if (recoveringMillis > 0n) {
      const held = known ? device.log.sizeOfRecovering(signedHead) : 0n;
      return this.#restore({ next: held, millis: Number(recoveringMillis) });
    }
    if (incarnations.length) {
      if (device.log.isLostBetween(incarnations)) {
        throw new Failure('mesh_restored', 'the mesh lost an incarnation that this device was in, and this device cannot go back to before it');
      }
      device.putAgain(device.log.takeIncarnations(incarnations));
      this.#save();
    }
    if (!known) throw new Failure('space_lost', 'the mesh has no such space any more; nothing here is lost');
    device.log.takeWelcome(signedHead);
    this.#save();
    return this.#device.epochKey ? this.#subscribe() : this.#fetchKey();
  }

  // A mesh that was restored, and takes back what it has lost

  /** Puts the files from the next one on to their old places, as far as a head proves that the mesh once had them. */
  #restore(restoring) {
    this.#state = 'restoring';
    this.#restoring = restoring;
    const { kept, leaves, heldHead } = this.#device.log;
    const end = Number(heldHead?.size ?? 0n);
    const first = Number(restoring.next) + 1;
    if (first > end) throw new Failure('try_again', 'the mesh takes back what it has lost', restoring.millis);
    const files = few(this.#fitting(withoutGap(kept.slice(first - 1, end))));
    if (files.length === 0) throw new Failure('try_again', 'others have what this device cannot bring back', restoring.millis);
    const last = first - 1 + files.length;
    this.#underWay = { request: ++this.#request, files };
    const restoration = {
      firstSequence: BigInt(first),
      signedHead: heldHead.bytes,
      consistency: consistencyPath(leaves.slice(0, end), last),
    };
    const putFiles = files.map(({ header, payload, serverTimeMillis }) => ({ signedHeader: header.bytes, payload, serverTimeMillis }));
    return [{ put: { request: this.#request, files: putFiles, restoration } }];
  }

  #restored({ request, outcomes }) {
    const { files } = this.#underWay;
    check(request === this.#underWay.request && outcomes.length === files.length, 'a result of nothing that was put');
    const refusal = outcomes.find((it) => it.refusal)?.refusal;
    if (refusal && shortName(RefusalCode, refusal.code) === 'UNKNOWN_HEAD') {
      throw new Violation('FORKED', 'the restored mesh denies a log that its notary has signed');
    }
    if (refusal) throw new Failure('try_again', 'the mesh could not take it now', Number(refusal.retryAfterMillis));
    return this.#restore({ ...this.#restoring, next: this.#restoring.next + BigInt(files.length) });
  }

  // The epoch key, which an invitation's file holds sealed

  #fetchKey() {
    this.#state = 'key';
    return [{ fetch: { request: KEY_FETCH, afterSequence: this.#device.invitationSequence - 1n, maxFiles: 1 } }];
  }

  #takeKey(files) {
    check(files.request === KEY_FETCH, 'an answer to nothing that was asked');
    const { log, invitationSequence } = this.#device;
    const invitation = this.#device.invitation();
    const { header, payload } = log.takeFetched(files, invitationSequence);
    const keys = header.fields.membership?.openInvitation?.keys;
    if (!keys || !equal(keys.signing, invitation.signing) || !equal(keys.hpke, invitation.hpke)) {
      throw new Violation('LOG_ALTERED', 'another file stands where the link says the invitation is');
    }
    this.#device.epochKey = findEpochKey(payload, invitation.hpkePrivate);
    this.#save();
    return this.#subscribe();
  }

  // Reading

  #subscribe() {
    this.#state = 'open';
    const subscribe = {
      afterSequence: this.#device.log.position,
      creditBytes: CREDIT_BYTES,
      omitOwnPayloads: this.#omitsOwn,
    };
    return [{ subscribe }, ...this.#proceed()];
  }

  #files(files, size) {
    check(files.request === 0n, 'an answer to nothing that was asked');
    const device = this.#device;
    const reading = device.reading(device.meshMillis(this.#now()), this.#omitsOwn);
    const { entries, stop } = device.log.takeFiles(files, reading);
    device.apply(entries);
    if (stop.refused) device.otherCopy = true;
    this.#save();
    this.#endAt(stop);
    return [{ credit: { bytes: size } }, ...this.#proceed()];
  }

  #endAt({ tooNew, waitsUntilMillis, refused }) {
    if (tooNew) throw new Failure('update_needed', `this program has to be updated: ${tooNew}`);
    if (waitsUntilMillis !== undefined) throw new Failure('ahead_of_time', 'a file is ahead of time; what is behind it waits');
    if (refused) throw new Failure('read_own_chain', 'the log has other files of this device; they are read first');
  }

  #advanced({ signedHead }) {
    this.#device.log.takeHead(signedHead);
  }

  // Writing

  /** What comes next: nothing while something is missing or under way. */
  #proceed() {
    const device = this.#device;
    const { log } = device;
    if (log.position < log.knownSize() || this.#underWay || this.finished) return [];
    const displaced = device.displaced.find((file) => !this.#tried.has(hex(file.header.fileId)));
    if (displaced) return this.#putDisplaced(displaced);
    if (!device.isMember()) return this.#join();
    if (device.outbox.some(isUnsent)) return this.#put();
    if (device.pending.length) {
      device.packPending(this.#now());
      this.#save();
      return this.#put();
    }
    this.finished = true;
    if (device.otherCopy) {
      device.otherCopy = false; // what it wrote is held now
      this.#save();
    }
    return [{ position: { sequence: log.position } }];
  }

  #join() {
    const device = this.#device;
    const sent = device.outbox.find(isUnsent);
    if (!sent) device.makeJoin(this.#now());
    this.#save();
    return this.#put();
  }

  /** One Put at a time, as large as a frame and the window allow. */
  #put() {
    return this.#send(this.#fitting(this.#device.outbox.filter(isUnsent)));
  }

  /** Another's file that has no place in a restored mesh: it goes before this device's own, which may build on it. */
  #putDisplaced(file) {
    this.#tried.add(hex(file.header.fileId));
    return this.#send([file]);
  }

  #fitting(candidates) {
    const files = [];
    let bytes = 0;
    for (const file of candidates) {
      bytes += file.header.bytes.length + file.payload.length + PUT_FILE_OVERHEAD;
      const fits = files.length < this.#window.files && bytes <= Math.min(this.#window.bytes, MAX_FRAME_BYTES);
      if (files.length && !fits) break;
      files.push(file);
    }
    return files;
  }

  #send(files) {
    this.#request++;
    this.#underWay = { request: this.#request, files };
    const putFiles = files.map(({ header, payload }) => ({ signedHeader: header.bytes, payload }));
    return [{ put: { request: this.#request, files: putFiles } }];
  }

  #putResult({ request, outcomes, signedHead }) {
    const sent = this.#underWay;
    check(sent && request === sent.request && outcomes.length === sent.files.length, 'a result of nothing that was put');
    this.#underWay = undefined;
    outcomes.forEach(({ receipt, refusal }, i) => {
      check(receipt || refusal, 'an outcome that says nothing');
      if (!receipt) return;
      this.#device.log.takeReceipt(receipt, sent.files[i].header.fileId, signedHead);
      sent.files[i].receipted = true;
    });
    this.#save();
    const refused = outcomes.find(({ refusal }) => refusal)?.refusal;
    if (!refused) return this.#proceed();
    return this.#device.displaced.includes(sent.files[0]) ? this.#displacedRefused(sent.files[0], refused) : this.#refused(refused);
  }

  /** Its author may have gone on without it, then it never comes back; else it may find a place later. */
  #displacedRefused(file, refusal) {
    const name = shortName(RefusalCode, refusal.code);
    if (PASSING.has(name)) throw new Failure('try_again', 'the mesh could not take it now', Number(refusal.retryAfterMillis));
    if (name === 'COUNTER_TAKEN') {
      this.#device.displaced = this.#device.displaced.filter((it) => it !== file);
      this.#save();
    }
    return this.#proceed();
  }

  /** The first refusal decides: those behind it only say that it is missing. */
  #refused({ code, retryAfterMillis }) {
    const device = this.#device;
    const name = shortName(RefusalCode, code);
    switch (name) {
      case 'COUNTER_TAKEN':
      case 'CHAIN_GAP':
      case 'WRONG_PREVIOUS':
        device.otherCopy = true;
        device.unpackOutbox();
        this.#save();
        throw new Failure('read_own_chain', 'the log has other files of this device; they are read first');
      case 'CLOCK_AHEAD':
        device.unpackOutbox();
        this.#save();
        throw new Failure('clock_ahead', 'this device was ahead of the mesh');
      case 'EPOCH_TOO_OLD':
      case 'MEMBERSHIP_CONFLICT':
        device.unpackOutbox();
        this.#save();
        throw new Failure('made_again', 'the log moved on; what was refused is made again');
      case 'UNKNOWN_HEAD':
        throw new Violation('FORKED', 'the mesh denies a head that it signed');
      default:
        if (!PASSING.has(name)) throw new Failure(name.toLowerCase(), 'the mesh refused a file of this device');
        throw new Failure('try_again', 'the mesh could not take it now', Number(retryAfterMillis));
    }
  }

  // The end

  #problem({ code, request, retryAfterMillis }) {
    const name = shortName(ProblemCode, code);
    if (request !== 0n) throw new Failure('try_again', 'the mesh did not answer a question', Number(retryAfterMillis));
    throw new Failure(name.toLowerCase(), 'the mesh ended the connection', Number(retryAfterMillis));
  }

  #goAway({ retryAfterMillis }) {
    throw new Failure('go_away', 'the mesh is about to stop', Number(retryAfterMillis));
  }
}

/** Those before the first that came without what it held. */
function withoutGap(files) {
  const end = files.findIndex(({ payload }) => payload === null);
  return end < 0 ? files : files.slice(0, end);
}

/** Not more files than a mesh looks up at once what they build on. */
function few(files) {
  let named = 0;
  const end = files.findIndex(({ header }, at) => (named += header.fields.buildsOn.length) > MAX_BUILDS_ON && at > 0);
  return end < 0 ? files : files.slice(0, end);
}

const isUnsent = (file) => !file.receipted;
