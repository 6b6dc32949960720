// Section 6: who is in a space. A membership never changes; a file gives the next one, or is refused with the section's code.
import { equal, hex } from './bytes.mjs';
import { Malformed, Refusal } from './errors.mjs';
import { deviceId } from './ids.mjs';
import { MAX_DURATION_MILLIS, MAX_INVITATION_USES, MAX_SIGNED_63 } from './limits.mjs';
import { RankRule, Role } from './messages.mjs';
import { checkHpkeKey, checkPublicKey, JOIN, joinParts, verifies } from './signatures.mjs';

export const READER = Role.values.ROLE_READER;
export const WRITER = Role.values.ROLE_WRITER;
export const OWNER = Role.values.ROLE_OWNER;

function demand(holds, code, what) {
  if (!holds) throw new Refusal(code, what);
}

const malformedUnless = (holds, what) => demand(holds, 'MALFORMED', what);

export class Membership {
  /** The membership that a genesis file founds. */
  static found(header) {
    const { fields } = header;
    const { membership } = fields;
    malformedUnless(header.isGenesis(), 'not a genesis');
    malformedUnless(membership.number === 0n && membership.previous.length === 0, 'a genesis with something before it');
    malformedUnless(fields.counter === 1n && fields.epoch === 1, 'a genesis is first in its chain and epoch');
    malformedUnless(fields.seen.sequence === 0n, 'a genesis that has seen something');
    const { founder, member, notary, rules, epochCommitment } = membership.genesis;
    checkDevice(founder, fields.device);
    malformedUnless(member.length === 16, 'member');
    checkKey(notary);
    checkRules(rules);
    malformedUnless(epochCommitment.length === 32, 'epoch_commitment');
    demand(header.signedBy(founder.signing), 'BAD_SIGNATURE', 'a genesis that its founder did not sign');
    return new Membership({
      space: header.fileId,
      notary,
      rules,
      epochCommitment,
      number: 0n,
      last: header.fileId,
      devices: new Map([[hex(fields.device), { ...founder, member, role: OWNER }]]),
      invitations: new Map(),
    });
  }

  constructor(state) {
    Object.assign(this, state);
  }

  device(id) {
    return this.devices.get(hex(id));
  }

  invitation(signing) {
    return this.invitations.get(hex(signing));
  }

  /** The key that has to sign a file: its author's, or the one that a join brings. Undefined if its author is nobody here. */
  authorKey(header) {
    const known = this.device(header.fields.device);
    if (known) return known.signing;
    const joining = header.fields.membership?.join?.device;
    return joining && isDevice(joining, header.fields.device) ? joining.signing : undefined;
  }

  /** The next membership. That the author signed the file has been checked before. */
  apply(header, serverTimeMillis) {
    malformedUnless(header.isMembership(), 'not a membership file');
    demand(equal(header.fields.space, this.space), 'WRONG_SPACE');
    const change = header.fields.membership;
    demand(change.number === this.number + 1n && equal(change.previous, this.last), 'MEMBERSHIP_CONFLICT');
    demand(change.openInvitation || change.join, 'UNSUPPORTED', 'a kind of change of a newer version');
    const next = change.join
      ? this.#join(header, change.join, serverTimeMillis)
      : this.#openInvitation(header, change.openInvitation);
    return new Membership({ ...this, ...next, number: change.number, last: header.fileId });
  }

  #openInvitation(header, it) {
    const author = this.device(header.fields.device);
    demand(author, 'NOT_A_MEMBER');
    const ofHerOwn = equal(it.member, author.member) && it.role <= author.role;
    demand(author.role === OWNER || ofHerOwn, 'NOT_A_MEMBER', 'an invitation that the author may not give');
    checkKeys(it.keys);
    malformedUnless(it.role >= READER && it.role <= OWNER, 'role');
    malformedUnless(it.expiresAtMillis >= 1n && it.expiresAtMillis <= MAX_SIGNED_63, 'expires_at_millis');
    malformedUnless(it.uses >= 1 && it.uses <= MAX_INVITATION_USES, 'uses');
    malformedUnless(it.member.length === 0 || it.member.length === 16, 'member');
    malformedUnless(!this.invitation(it.keys.signing), 'the key of another invitation');
    const { keys, role, expiresAtMillis, uses, member } = it;
    const invitation = { ...keys, role, expiresAtMillis, usesLeft: uses, member };
    return { invitations: new Map(this.invitations).set(hex(keys.signing), invitation) };
  }

  #join(header, it, serverTimeMillis) {
    checkDevice(it.device, header.fields.device);
    malformedUnless(it.invitation.length === 32, 'an invitation cut off');
    malformedUnless(it.member.length === 16, 'member');
    malformedUnless(!this.device(header.fields.device), 'in the space already');
    const invitation = this.invitation(it.invitation);
    demand(invitation, 'INVITATION_UNKNOWN');
    demand(invitation.usesLeft > 0, 'INVITATION_USED_UP');
    demand(serverTimeMillis < invitation.expiresAtMillis, 'INVITATION_EXPIRED');
    malformedUnless(this.#fits(it.member, invitation), 'another member than the invitation allows');
    const parts = joinParts({ space: this.space, device: it.device, member: it.member });
    demand(verifies(JOIN, it.invitation, it.invitationSignature, ...parts), 'BAD_SIGNATURE');
    const used = { ...invitation, usesLeft: invitation.usesLeft - 1 };
    return {
      devices: new Map(this.devices).set(hex(header.fields.device), { ...it.device, member: it.member, role: invitation.role }),
      invitations: new Map(this.invitations).set(hex(it.invitation), used),
    };
  }

  #fits(member, invitation) {
    if (invitation.member.length) return equal(member, invitation.member);
    return ![...this.devices.values()].some((device) => equal(device.member, member));
  }
}

function checkDevice(keys, id) {
  checkKeys(keys);
  malformedUnless(isDevice(keys, id), 'keys of another device');
}

const isDevice = (keys, id) => equal(deviceId(keys), id);

function checkKeys(keys) {
  malformedUnless(keys, 'keys');
  checkKey(keys.signing);
  checkKey(keys.hpke, checkHpkeKey);
}

function checkKey(key, checkIt = checkPublicKey) {
  try {
    checkIt(key);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refusal('MALFORMED', error.message);
  }
}

function checkRules(rules) {
  malformedUnless(rules && RankRule.names.has(rules.rankRule), 'rules');
  for (const name of ['cutOffMillis', 'reviewWindowMillis', 'clockBoundMillis', 'lateAfterMillis']) {
    malformedUnless(rules[name] >= 1n && rules[name] <= MAX_DURATION_MILLIS, name);
  }
}
