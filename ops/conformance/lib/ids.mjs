// Section 3.
import { createHash } from 'node:crypto';
import { ascii, concat } from './bytes.mjs';

export const MAIN = Buffer.alloc(16);

export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const fileId = (signedHeader) => sha256(signedHeader);

export const deviceId = ({ signing, hpke }) => sha256(ascii('sealift.v1 device\0'), concat(signing, hpke));
