// Headers, membership, keys, sealed payloads and links.
import { compare, fromHex, hex } from '../lib/bytes.mjs';
import { check, Refusal } from '../lib/errors.mjs';
import { SignedHead } from '../lib/head.mjs';
import { SignedHeader } from '../lib/header.mjs';
import { deviceId } from '../lib/ids.mjs';
import {
  commitment, invitationKeys, openEpochKey, openPayload, payloadKey, sealEpochKey, sealPayload, x25519PublicOf,
} from '../lib/keys.mjs';
import * as keysOf from '../lib/keys.mjs';
import { makeLink, readLink } from '../lib/link.mjs';
import { Membership } from '../lib/membership.mjs';
import { HeaderBody, MembershipPayload, Role, Rules } from '../lib/messages.mjs';
import { publicKeyOf } from '../lib/signatures.mjs';
import { bytes, fromMessage, message, text, u32, u64 } from './inputs.mjs';

export const fileHeaders = {
  make(inputs) {
    const seed = inputs.get('seed', bytes);
    const payload = inputs.get('payload', bytes);
    const { header } = SignedHeader.make(seed, inputs.get('body', message(HeaderBody)), () => payload);
    return { body: hex(header.body), signed_header: hex(header.bytes), file_id: hex(header.fileId) };
  },
  read(inputs) {
    const author = inputs.get('author', bytes);
    const header = SignedHeader.parse(inputs.get('signed_header', bytes));
    if (!header.signedBy(author)) throw new Refusal('BAD_SIGNATURE');
    return {
      body: fromMessage(HeaderBody, header.fields),
      payload_length: header.payloadLength,
      payload_sha256: hex(header.payloadHash),
      file_id: hex(header.fileId),
      space_id: hex(header.space()),
    };
  },
};

export function membership(inputs) {
  const files = inputs.objects('files', (it) => [it.get('signed_header', bytes), it.get('server_time_millis', u64)]);
  let current;
  files.forEach(([signed, serverTimeMillis], at) => {
    try {
      const header = SignedHeader.parse(signed);
      current = at === 0 ? Membership.found(header) : applied(current, header, serverTimeMillis);
    } catch (error) {
      throw Object.assign(error, { details: { at } });
    }
  });
  return fromMembership(current);
}

function applied(before, header, serverTimeMillis) {
  const key = before.authorKey(header);
  if (key && !header.signedBy(key)) throw new Refusal('BAD_SIGNATURE');
  return before.apply(header, serverTimeMillis);
}

export function fromMembership({ space, notary, rules, epochCommitment, number, last, devices, invitations }) {
  const inOrder = [...devices].sort(([a], [b]) => compare(fromHex(a), fromHex(b)));
  return {
    space: hex(space),
    notary: hex(notary),
    rules: fromMessage(Rules, rules),
    epoch_commitment: hex(epochCommitment),
    number: number.toString(),
    last: hex(last),
    devices: inOrder.map(([device, { signing, hpke, member, role }]) => ({
      device, signing: hex(signing), hpke: hex(hpke), member: hex(member), role: Role.names.get(role),
    })),
    invitations: [...invitations.values()].map(({ signing, hpke, role, expiresAtMillis, usesLeft, member }) => ({
      signing: hex(signing),
      hpke: hex(hpke),
      role: Role.names.get(role),
      expires_at_millis: expiresAtMillis.toString(),
      uses_left: usesLeft,
      ...(member.length ? { member: hex(member) } : {}),
    })),
  };
}

function collectionAndEpoch(inputs) {
  const collection = inputs.get('collection', bytes);
  check(collection.length === 16, 'collection');
  return [inputs.get('epoch', u32), collection];
}

export const keys = {
  invitation(inputs) {
    const { seed, hpkePrivate } = invitationKeys(inputs.get('secret', bytes));
    return {
      signing_seed: hex(seed),
      signing: hex(publicKeyOf(seed)),
      hpke_private: hex(hpkePrivate),
      hpke: hex(x25519PublicOf(hpkePrivate)),
    };
  },
  device(inputs) {
    const signing = publicKeyOf(inputs.get('signing_seed', bytes));
    const hpke = x25519PublicOf(inputs.get('hpke_private', bytes));
    return { signing: hex(signing), hpke: hex(hpke), device_id: hex(deviceId({ signing, hpke })) };
  },
  commitment: (inputs) => ({
    epoch_commitment: hex(commitment(inputs.get('epoch_key', bytes), ...collectionAndEpoch(inputs))),
  }),
  seal(inputs) {
    const [epoch, collection] = collectionAndEpoch(inputs);
    const recipient = inputs.get('recipient', bytes);
    const ephemeral = inputs.get('ephemeral_private', bytes);
    const epochKey = inputs.get('epoch_key', bytes);
    const steps = keysOf.sealingSteps(recipient, ephemeral, epoch, collection);
    return {
      info: hex(steps.info),
      shared_secret: hex(steps.shared),
      key: hex(steps.key),
      base_nonce: hex(steps.nonce),
      sealed_key: hex(sealEpochKey(epochKey, recipient, ephemeral, epoch, collection)),
    };
  },
  open: (inputs) => ({
    epoch_key: hex(openEpochKey(inputs.get('sealed_key', bytes), inputs.get('hpke_private', bytes), ...collectionAndEpoch(inputs))),
  }),
  envelopes(inputs) {
    const payload = inputs.get('payload', bytes);
    const epochKey = keysOf.findEpochKey(payload, inputs.get('hpke_private', bytes));
    return { fields: fromMessage(MembershipPayload, MembershipPayload.decode(payload)), epoch_key: hex(epochKey) };
  },
};

function payloadKeyFor(epochKey, body) {
  const { salt, collection, epoch } = HeaderBody.decode(body);
  return payloadKey(epochKey, salt, epoch, collection);
}

export const payloadSealing = {
  seal(inputs) {
    const body = inputs.get('body', bytes);
    const key = payloadKeyFor(inputs.get('epoch_key', bytes), body);
    const payload = sealPayload(key, inputs.get('plaintext', bytes), body, inputs.get('nonce', bytes));
    return { payload_key: hex(key), payload: hex(payload) };
  },
  open(inputs) {
    const body = inputs.get('body', bytes);
    const key = payloadKeyFor(inputs.get('epoch_key', bytes), body);
    return { plaintext: hex(openPayload(key, inputs.get('payload', bytes), body)) };
  },
};

export const links = {
  make(inputs) {
    const link = makeLink({
      mesh: inputs.get('mesh', text),
      space: inputs.get('space', bytes),
      notary: inputs.get('notary', bytes),
      head: SignedHead.parse(inputs.get('signed_head', bytes)),
      invitationSequence: inputs.get('invitation_sequence', u64),
      secret: inputs.get('secret', bytes),
      spaceName: inputs.get('space_name', text),
    });
    return { link };
  },
  read(inputs) {
    const link = readLink(inputs.get('link', text));
    return {
      mesh: link.mesh,
      space: hex(link.space),
      notary: hex(link.notary),
      signed_head: hex(link.head.bytes),
      invitation_sequence: link.invitationSequence.toString(),
      secret: hex(link.secret),
      space_name: link.spaceName,
    };
  },
};

