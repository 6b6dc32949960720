// Section 9, rank: what of two events is the higher one.
import { compare, equal } from './bytes.mjs';
import { canonical, valueHash } from './value.mjs';

/** Compares two stamps { place, time, device }, the first parts of a rank; without a place they are at 0, as all are under the rule by hybrid time. */
export function compareStamps(a, b) {
  const [one, other] = [a.place ?? 0n, b.place ?? 0n];
  if (one !== other) return one < other ? -1 : 1;
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compare(a.device, b.device);
}

/** Values are ranked by their hash too, when one device wrote both at one time. */
export const compareRanks = (a, b) => compareStamps(a, b) || compare(valueHash(a.value), valueHash(b.value));

/** Whether one stamp is above another, or above nothing. */
export const outranks = (a, b) => a !== undefined && (b === undefined || compareStamps(a, b) > 0);

/** Whether two stamps are of one event, wherever they stand. */
export const isOneEvent = (a, b) => a.time === b.time && equal(a.device, b.device);

export const sameValue = (a, b) => equal(canonical(a), canonical(b));
