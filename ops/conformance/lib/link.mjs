// Section 8: invitation links.
import { ascii, concat, equal, isUnicode, utf8 } from './bytes.mjs';
import { check, TooNew } from './errors.mjs';
import { SignedHead } from './head.mjs';
import { sha256 } from './ids.mjs';
import { MAX_LINK_CHARACTERS, MAX_SPACE_NAME_CHARACTERS } from './limits.mjs';
import { LinkFragment, LinkPath, versionOf } from './messages.mjs';
import { checkPublicKey } from './signatures.mjs';

const VERSION = 1;
const CHECKSUM_BYTES = 4;
const SHAPE = /^([Hh][Tt][Tt][Pp][Ss]?):\/\/([^\/?#@\s]+)\/join\/([A-Za-z0-9_-]+)#([A-Za-z0-9_-]+)$/;
const HOST = /^([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$/;

/** Reads a link, or says Malformed without repeating any of it. */
export function readLink(text) {
  const link = text.trim();
  check(link.length <= MAX_LINK_CHARACTERS, 'a link of more than 2,048 characters');
  const [, scheme, authority, pathText, fragmentText] = SHAPE.exec(link) ?? check(false, 'not a link');
  const pathBytes = fromBase64url(pathText);
  const path = readPath(pathBytes);
  const fragment = checkFragment(LinkFragment.decode(fromBase64url(fragmentText)), pathBytes);
  return {
    mesh: meshOf(scheme, authority),
    space: path.space,
    notary: path.notary,
    head: checkHead(path),
    invitationSequence: path.invitationSequence,
    secret: fragment.secret,
    spaceName: fragment.spaceName,
  };
}

export function makeLink({ mesh, space, notary, head, invitationSequence, secret, spaceName }) {
  const path = LinkPath.encode({ version: VERSION, space, notary, signedHead: head.bytes, invitationSequence });
  const fragment = LinkFragment.encode({ secret, spaceName, checksum: checksum(path, secret, spaceName) });
  const [, tls, authority] = /^ws(s?):\/\/(.*?)\/?$/.exec(mesh);
  return `http${tls}://${authority}/join/${path.toString('base64url')}#${fragment.toString('base64url')}`;
}

function meshOf(scheme, authority) {
  const [, , port] = HOST.exec(authority) ?? check(false, 'no host');
  check(port === undefined || (Number(port) >= 1 && Number(port) <= 65535), 'port');
  return `${scheme.toLowerCase() === 'https' ? 'wss' : 'ws'}://${authority}`;
}

function readPath(bytes) {
  const version = versionOf(bytes);
  check(version !== 0, 'version 0');
  if (version > VERSION) throw new TooNew('a link made by a newer version');
  const path = LinkPath.decode(bytes);
  check(path.space.length === 32, 'space');
  checkPublicKey(path.notary);
  return path;
}

function checkHead({ space, notary, signedHead, invitationSequence }) {
  const head = SignedHead.parse(signedHead);
  check(equal(head.space, space) && head.signedBy(notary), 'a head that is not of this space');
  check(invitationSequence >= 1n && invitationSequence <= head.size, 'invitation_sequence');
  return head;
}

function checkFragment(fragment, pathBytes) {
  const { secret, spaceName } = fragment;
  check(secret.length === 32, 'secret');
  check(spaceName.length <= MAX_SPACE_NAME_CHARACTERS && isUnicode(spaceName), 'space_name');
  check(equal(fragment.checksum, checksum(pathBytes, secret, spaceName)), 'checksum');
  return fragment;
}

function checksum(pathBytes, secret, spaceName) {
  return sha256(concat(ascii('sealift.v1 link\0'), pathBytes, secret, utf8(spaceName))).subarray(0, CHECKSUM_BYTES);
}

/** Base64url without padding, and nothing in the spare bits: one text for one sequence of bytes. */
function fromBase64url(text) {
  const bytes = Buffer.from(text, 'base64url');
  check(bytes.toString('base64url') === text, 'not base64url');
  return bytes;
}
