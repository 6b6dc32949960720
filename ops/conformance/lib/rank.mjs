// Section 9, rank: what of two events is the higher one.
import { compare, equal } from './bytes.mjs';
import { canonical, valueHash } from './value.mjs';

/** Compares two stamps { time, device }, the first two parts of a rank. */
export function compareStamps(a, b) {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compare(a.device, b.device);
}

/** Values are ranked by their hash too, when one device wrote both at one time. */
export const compareRanks = (a, b) => compareStamps(a, b) || compare(valueHash(a.value), valueHash(b.value));

/** Whether one stamp is above another, or above nothing. */
export const outranks = (a, b) => a !== undefined && (b === undefined || compareStamps(a, b) > 0);

export const sameValue = (a, b) => equal(canonical(a), canonical(b));
