// Section 3.
import { createHash, pbkdf2Sync } from 'node:crypto';
import { ascii, concat } from './bytes.mjs';

export const MAIN = Buffer.alloc(16);

export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const fileId = (signedHeader) => sha256(signedHeader);

export const deviceId = ({ signing, hpke }) => sha256(ascii('sealift.v1 device\0'), concat(signing, hpke));

// Section 8: twelve digits for two people to compare.
export function comparisonCode(space, device) {
  const salt = concat(ascii('sealift.v1 comparison\0'), space);
  const derived = pbkdf2Sync(device.toString('hex'), salt, 600_000, 8, 'sha256');
  const digits = String(derived.readBigUInt64BE() % 10n ** 12n).padStart(12, '0');
  return digits.replace(/(.{4})(?=.)/g, '$1 ');
}
