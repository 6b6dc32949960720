// Section 9, the arrival rule: where files stand.
import { millisOf } from './clock.mjs';
import { RankRule } from './messages.mjs';

export const isByArrival = (rules) => rules?.rankRule === RankRule.values.RANK_RULE_ARRIVAL;

const isLate = ({ lateAfterMillis }, { serverTimeMillis, hybridTime }) => serverTimeMillis > millisOf(hybridTime) + lateAfterMillis;

/** What everybody can work out of a file's place: the base of the next file of its chain. */
export function publicPlace(rules, file) {
  if (!isByArrival(rules)) return 0n;
  return isLate(rules, file) ? file.base : file.serverTimeMillis;
}

/** A file's place. `floor`: not below what its author had seen; `before`: the place of the file before it in its chain. */
export function placeOf(rules, file, { floor, before }) {
  if (!isByArrival(rules)) return 0n;
  return isLate(rules, file) ? highest(floor, file.base, before) : file.serverTimeMillis;
}

/**
 * The place of an event: that of the first file of its author's chain up to its own that reaches its time, and not below what its author had seen.
 * `chain`: the files, oldest first, each its place and the time of its newest event. `placesSeen`: of what he had seen beside the log.
 */
export function eventPlace(event, chain, serverTimeAt, placesSeen) {
  const file = chain.findIndex(({ newest }) => newest >= event.time);
  return file === chain.length - 1 ? chain[file].place : highest(chain[file].place, serverTimeAt(event.seenSequence), ...placesSeen);
}

export const newestOf = (events) => highest(...events.map(({ time }) => time));

/** The sequence whose server time is the floor of a file: 0 for none. `seen` is what its events say, in their order. */
export function floorSequence({ sequence, headerSeen, seen }) {
  return seen.length === 0 ? 0n : [seen.at(-1), headerSeen, sequence - 1n].reduce((least, it) => (it < least ? it : least));
}

export const highest = (...places) => places.reduce((top, it) => (it > top ? it : top), 0n);
