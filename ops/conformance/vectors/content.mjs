// Values, payloads, merging and digests.
import { compare, hex, utf8 } from '../lib/bytes.mjs';
import { readColumn, readTexts } from '../lib/column.mjs';
import { compoundsInOrder, droppedInOrder, KIND_NAMES, partsInOrder, shownValues } from '../lib/compound.mjs';
import { mergeDigest, mergedTables, mergeEncoding, visibleDigest, visibleEncoding } from '../lib/digest.mjs';
import { check } from '../lib/errors.mjs';
import { isVisible, losersInOrder, State } from '../lib/merge.mjs';
import { Dot, RankRule, RunKind } from '../lib/messages.mjs';
import { checkKey, checkName, padme, readRuns, unfold } from '../lib/payload.mjs';
import { eventPlace, floorSequence, highest, newestOf, placeOf, publicPlace } from '../lib/places.mjs';
import { Reader } from '../lib/protobuf.mjs';
import { compareStamps } from '../lib/rank.mjs';
import { readSeries, toSigned } from '../lib/series.mjs';
import { canonical, checkValue, valueHash } from '../lib/value.mjs';
import { bytes, fromMessage, fromValue, list, must, text, u32, u64, value } from './inputs.mjs';

const stampOf = (inputs) => ({ time: inputs.get('hybrid_time', u64), device: inputs.get('device', bytes) });
const fromStamp = ({ place, time, device }) => ({
  ...(place === undefined ? {} : { place: place.toString() }), hybrid_time: time.toString(), device: hex(device),
});

export const values = {
  canonical(inputs) {
    const it = checkValue(inputs.get('value', value));
    return { canonical: hex(canonical(it)), sha256: hex(valueHash(it)) };
  },
  ranks(inputs) {
    const ranks = inputs.objects('ranks', (it) => ({ ...stampOf(it), hash: valueHash(it.get('value', value)) }));
    ranks.sort((a, b) => compareStamps(a, b) || compare(a.hash, b.hash));
    return { sorted: ranks.map((it) => ({ ...fromStamp(it), value_sha256: hex(it.hash) })) };
  },
  name(inputs) {
    const name = checkName(inputs.get('text', text));
    return { utf8: hex(utf8(name)), reserved: /^sealift_/i.test(name) };
  },
  key: (inputs) => ({ utf8: hex(utf8(checkKey(inputs.get('key', text)))) }),
};

export function payloadSeries(inputs) {
  const reader = new Reader(inputs.get('series', bytes));
  const numbers = readSeries(reader, inputs.get('count', u32));
  check(reader.atEnd(), 'bytes after a series');
  return { numbers: numbers.map((number) => toSigned(number).toString()) };
}

export const payloadColumns = {
  values: (inputs) => ({ values: readColumn(inputs.get('column', bytes), inputs.get('count', u32)).map(fromValue) }),
  keys: (inputs) => ({ keys: readTexts(inputs.get('column', bytes), inputs.get('count', u32)).map(checkKey) }),
};

function runsOf(content) {
  return readRuns(content).map(({ kind, table, seenSequence, seenFiles, columns, transaction, events }) => ({
    kind: RunKind.names.get(kind),
    table,
    seen_sequence: seenSequence.toString(),
    seen_files: seenFiles.map((dot) => fromMessage(Dot, dot)),
    columns: columns.map(({ name }) => name),
    ...(columns.some(({ group }) => group !== 0) ? { groups: columns.map(({ group }) => group) } : {}),
    ...(transaction ? { transaction: transaction.toString() } : {}),
    events: events.map(({ key, time, cells }) => ({
      key, hybrid_time: time.toString(), values: [...cells.values()].map(fromValue),
    })),
  }));
}

export const payloads = {
  content: (inputs) => ({ runs: runsOf(inputs.get('content', bytes)) }),
  plaintext(inputs) {
    const content = unfold(inputs.get('plaintext', bytes));
    return { content: hex(content), runs: runsOf(content) };
  },
  padme(inputs) {
    const length = inputs.get('length', u32);
    return { padded: padme(length), zeros: padme(length) - length };
  },
};

// Merging

function eventOf(inputs) {
  const kind = RunKind.values[inputs.get('kind', text)];
  must(kind, 'no such kind');
  const cells = inputs.has('values') ? inputs.get('values', cellsOf) : new Map();
  const groups = new Map((inputs.has('group') ? inputs.get('group', list(text)) : []).map((column) => [column, 1]));
  const transaction = inputs.has('transaction') ? inputs.get('transaction', u64) : 0n;
  const event = { kind, table: inputs.get('table', text), key: inputs.get('key', text), cells, groups, transaction };
  const seenFiles = inputs.has('seen_files') ? inputs.get('seen_files', list(u64)) : [];
  return { ...event, time: inputs.get('hybrid_time', u64), seenSequence: inputs.get('seen_sequence', u64), seenFiles };
}

const cellsOf = (it) => new Map(Object.entries(it).map(([column, content]) => [column, value(content)]));

const inOrder = (map) => [...map].sort(([a], [b]) => compare(utf8(a), utf8(b)));

const object = (entries) => Object.fromEntries(entries);

export function fromVisible(state) {
  return inOrder(state.tables)
    .filter(([name]) => !/^sealift_/i.test(name))
    .map(([table, rows]) => ({ table, rows: inOrder(rows).filter(([, row]) => isVisible(row)).map(visibleRow) }))
    .filter(({ rows }) => rows.length > 0);
}

function visibleRow([key, row]) {
  const shown = inOrder(row.cells).filter(([, cell]) => cell.value !== null);
  const compounds = compoundsInOrder(row).map(shownCompound).filter(({ values: some }) => some.length > 0);
  return {
    key,
    cells: object(shown.map(([column, cell]) => [column, fromValue(cell.value)])),
    ...(compounds.length ? { values: compounds } : {}),
  };
}

const shownCompound = (cell) => ({
  column: cell.column, kind: KIND_NAMES.get(cell.kind), values: shownValues(cell).map(fromValue),
});

export function fromState(state) {
  return inOrder(mergedTables(state)).map(([table, rows]) => ({
    table,
    rows: inOrder(rows).map(mergedRow),
    losers: losersInOrder(state.losers.get(table)).map(lost),
  }));
}

function lost({ key, column, reason, value: it, since, transaction, ...loser }) {
  const its = transaction ? { transaction: transaction.toString() } : {};
  return { key, column, ...fromStamp(loser), reason, value: fromValue(it), since_millis: since.toString(), ...its };
}

function mergedRow([key, row]) {
  const { marker, removal, touch, cells, compounds } = row;
  return {
    key,
    ...(marker ? { marker: fromStamp(marker) } : {}),
    ...(removal ? { removal: fromStamp(removal) } : {}),
    ...(touch ? { touch: fromStamp(touch) } : {}),
    cells: object(inOrder(cells).map(([column, cell]) => [column, held(cell)])),
    ...(compounds.size ? { compounds: compoundsInOrder(row).map(mergedCompound) } : {}),
  };
}

const held = ({ value: it, ...stamp }) => ({ ...fromStamp(stamp), value: fromValue(it) });

function mergedCompound(cell) {
  const { column, kind } = cell;
  return { column, kind: KIND_NAMES.get(kind), parts: partsInOrder(cell).map(held), dropped: droppedInOrder(cell).map(fromStamp) };
}

export function everythingOf(state) {
  return {
    visible: fromVisible(state),
    state: fromState(state),
    visible_digest: hex(visibleDigest(state)),
    merge_digest: hex(mergeDigest(state)),
  };
}

function fileOf(inputs) {
  const buildsOn = inputs.has('builds_on') ? inputs.get('builds_on', list(u64)) : [];
  const file = { device: inputs.get('device', bytes), serverTimeMillis: inputs.get('server_time_millis', u64), buildsOn };
  return { ...file, events: inputs.objects('events', eventOf) };
}

function rulesOf(inputs) {
  const rules = { cutOffMillis: inputs.get('cut_off_millis', u64), reviewWindowMillis: inputs.get('review_window_millis', u64) };
  if (!inputs.has('late_after_millis')) return rules;
  return { ...rules, rankRule: RankRule.values.RANK_RULE_ARRIVAL, lateAfterMillis: inputs.get('late_after_millis', u64) };
}

function mergedOf(inputs) {
  const rules = rulesOf(inputs);
  const state = new State();
  const files = inputs.objects('files', fileOf);
  const chains = new Map();
  const known = [];
  const places = files.map(({ events, ...file }, at) => {
    const sequence = BigInt(at) + 1n;
    const hybridTime = newestOf(events);
    const chain = chains.get(hex(file.device)) ?? { base: 0n, place: 0n, files: [] };
    const floor = floorSequence({ sequence, headerSeen: sequence - 1n, seen: events.map(({ seenSequence }) => seenSequence) });
    const serverTimeAt = (seen) => (seen === 0n ? 0n : files[Number(seen < sequence ? seen : sequence - 1n) - 1]?.serverTimeMillis ?? 0n);
    const isFile = (seen) => seen > 0n && seen <= BigInt(files.length);
    must(events.every((event) => event.seenFiles.every(isFile)) && file.buildsOn.every((on) => isFile(on) && on < sequence), 'no such file');
    const base = highest(chain.base, ...file.buildsOn.map((on) => known[Number(on) - 1].public));
    const stands = { ...file, hybridTime, base };
    const placesSeen = ({ seenFiles }) => seenFiles.filter((seen) => seen < sequence).map((seen) => known[Number(seen) - 1].place);
    const floors = highest(serverTimeAt(floor), ...events.flatMap(placesSeen));
    const place = placeOf(rules, stands, { floor: floors, before: chain.place });
    known.push({ place, public: publicPlace(rules, stands) });
    const upTo = [...chain.files, { place, newest: hybridTime }];
    chains.set(hex(file.device), { base: publicPlace(rules, stands), place, files: upTo });
    const seenChains = (event) => event.seenFiles
      .filter((seen) => seen < sequence)
      .map((seen) => ({ device: files[Number(seen) - 1].device, sequence: seen }));
    const placed = events.map((event) => ({ ...event, seenChains: seenChains(event), place: eventPlace(event, upTo, serverTimeAt, placesSeen(event)) }));
    state.take(placed, { ...file, sequence }, rules);
    return { base: base.toString(), place: place.toString() };
  });
  return { state, places };
}

export function merging(inputs) {
  const { state, places } = mergedOf(inputs);
  return { ...everythingOf(state), ...(state.placed ? { places } : {}) };
}

export function digests(inputs) {
  const { state } = mergedOf(inputs);
  return {
    visible_encoding: hex(visibleEncoding(state)),
    visible_digest: hex(visibleDigest(state)),
    merge_encoding: hex(mergeEncoding(state)),
    merge_digest: hex(mergeDigest(state)),
  };
}

