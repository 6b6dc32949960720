// Section 9: hybrid time, 48 bits of Unix milliseconds above 16 bits of counter, as one BigInt.
import { U64_MASK } from './bytes.mjs';
import { check } from './errors.mjs';

export const millisOf = (time) => time >> 16n;

export const counterOf = (time) => time & 0xffffn;

export const atMillis = (millis) => BigInt(millis) << 16n;

export const max = (a, b) => (a > b ? a : b);

/** The time of a local write: above all that was given or seen, and not behind the mesh. */
export function nextTime(meshMillis, last) {
  check(last < U64_MASK, 'no time is left');
  return max(atMillis(meshMillis), last + 1n);
}

/**
 * Times that are too far ahead, moved back by the error: in the same order, each its own, above all that was seen, and
 * none of them moved forward.
 */
export function movedBack(times, bound, meshMillis, seen) {
  const newest = times.reduce(max, 0n);
  const excess = millisOf(newest) - (BigInt(meshMillis) + bound);
  if (excess <= 0n) return times;
  const error = atMillis(millisOf(newest) - BigInt(meshMillis));
  let last = seen;
  return times.map((time) => {
    last = max(time > error ? time - error : 0n, last + 1n);
    return last;
  });
}
