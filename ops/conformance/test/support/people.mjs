// Those who write: a founder and others, who sign whatever a test wants.
import { randomBytes } from 'node:crypto';
import { atMillis } from '../../lib/clock.mjs';
import { concat, u32 } from '../../lib/bytes.mjs';
import { EVENTS, MEMBERSHIP } from '../../lib/header.mjs';
import { deviceId, fileId, MAIN, sha256 } from '../../lib/ids.mjs';
import { commitment, invitationKeys, payloadKey, sealEpochKey, sealPayload, x25519PublicOf } from '../../lib/keys.mjs';
import { makeLink } from '../../lib/link.mjs';
import { WRITER } from '../../lib/membership.mjs';
import { HeaderBody, MembershipPayload } from '../../lib/messages.mjs';
import { pack, PUT } from '../../lib/payload.mjs';
import { FILE_HEADER, JOIN, joinParts, publicKeyOf, sign } from '../../lib/signatures.mjs';
import { EMPTY_ROOT } from '../../lib/tree.mjs';
import { Mesh } from './mesh.mjs';

export const RULES = {
  rankRule: 0, cutOffMillis: 7776000000n, reviewWindowMillis: 2592000000n, clockBoundMillis: 300000n, lateAfterMillis: 86400000n,
};

export const DAY_MILLIS = 86_400_000;

export class Person {
  constructor(mesh, epochKey = randomBytes(32)) {
    this.mesh = mesh;
    this.epochKey = epochKey;
    this.seed = randomBytes(32);
    this.hpkePrivate = randomBytes(32);
    this.member = randomBytes(16);
    this.keys = { signing: publicKeyOf(this.seed), hpke: x25519PublicOf(this.hpkePrivate) };
    this.id = deviceId(this.keys);
    this.chain = { counter: 0n, file: Buffer.alloc(0) };
  }

  /** Signs a file as the next of this person's chain; `fields` win over what it would be. */
  file(fields, seal) {
    const all = {
      space: this.mesh.space,
      device: this.id,
      counter: this.chain.counter + 1n,
      previous: this.chain.file,
      hybridTime: atMillis(this.mesh.now),
      collection: MAIN,
      epoch: 1,
      seen: this.mesh.seen(),
      salt: randomBytes(32),
      ...fields,
    };
    const file = signedLoosely(this.seed, all, (body) => seal(body, all.salt));
    this.chain = { counter: all.counter, file: file.header.fileId };
    return file;
  }

  events(events, fields = {}) {
    const hybridTime = events.map(({ time }) => time).reduce((a, b) => (a > b ? a : b));
    return this.file({ kind: EVENTS, hybridTime, ...fields }, (body, salt) =>
      sealPayload(payloadKey(this.epochKey, salt), pack(events), body));
  }

  /** A file with one put of one text. */
  put(key = 'k', fields = {}) {
    const time = fields.hybridTime ?? atMillis(this.mesh.now);
    const cells = new Map([['what', key]]);
    return this.events([{ kind: PUT, table: 'things', key, time, cells, seenSequence: 0n }], fields);
  }

  genesis(change = {}, fields = {}) {
    const genesis = {
      founder: this.keys, member: this.member, notary: this.mesh.notary, rules: RULES,
      epochCommitment: commitment(this.epochKey), ...change,
    };
    const nothing = { sequence: 0n, root: EMPTY_ROOT };
    return this.file(
      { kind: MEMBERSHIP, space: undefined, seen: nothing, membership: { number: 0n, genesis }, ...fields },
      () => this.#sealedTo(this.keys.hpke),
    );
  }

  change(change, recipient = this.keys.hpke, fields = {}) {
    return this.file({ kind: MEMBERSHIP, membership: { ...this.mesh.membership, ...change }, ...fields }, () => this.#sealedTo(recipient));
  }

  invitation(secret, change = {}) {
    const { seed, hpkePrivate } = invitationKeys(secret);
    const keys = { signing: publicKeyOf(seed), hpke: x25519PublicOf(hpkePrivate) };
    const expiresAtMillis = BigInt(this.mesh.now + DAY_MILLIS);
    return this.change({ openInvitation: { keys, role: WRITER, expiresAtMillis, uses: 2, ...change } }, keys.hpke);
  }

  join(secret, change = {}) {
    const { seed } = invitationKeys(secret);
    const parts = joinParts({ space: this.mesh.space, device: this.keys, member: this.member });
    const join = { device: this.keys, invitation: publicKeyOf(seed), invitationSignature: sign(JOIN, seed, ...parts), member: this.member };
    return this.change({ join: { ...join, ...change } });
  }

  #sealedTo(recipient) {
    const sealedKey = sealEpochKey(this.epochKey, recipient);
    return MembershipPayload.encode({ version: 1, envelopes: [{ collection: MAIN, epoch: 1, recipient, sealedKey }] });
  }
}

/** Signs any header at all, also one that no reader takes. */
function signedLoosely(seed, fields, seal) {
  const body = HeaderBody.encode({ version: 1, ...fields });
  const payload = seal(body);
  const signed = concat(body, u32(payload.length), sha256(payload));
  const bytes = concat(signed, sign(FILE_HEADER, seed, signed));
  return { header: { bytes, fileId: fileId(bytes), fields: HeaderBody.decode(body) }, payload };
}

/** A mesh with a space of one owner, who has opened an invitation: { mesh, founder, secret, link }. */
export function foundedSpace({ genesis = {}, invitation = {} } = {}) {
  const mesh = new Mesh();
  const founder = new Person(mesh);
  admitChange(mesh, founder.genesis(genesis));
  const secret = randomBytes(32);
  const invitationSequence = admitChange(mesh, founder.invitation(secret, invitation));
  const link = makeLink({
    mesh: 'ws://mesh.test', space: mesh.space, notary: mesh.notary, head: mesh.head(), invitationSequence, secret, spaceName: 'household',
  });
  return { mesh, founder, secret, link, invitationSequence };
}

/** Admits a membership file, so that the next change follows it. */
export function admitChange(mesh, file) {
  const sequence = mesh.admit(file);
  mesh.membership = { number: (mesh.membership?.number ?? 0n) + 1n, previous: file.header.fileId };
  return sequence;
}
