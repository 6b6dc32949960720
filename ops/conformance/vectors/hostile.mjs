// Vectors altered in every place, one at a time. An alteration that a run does not notice is an error: of the runner, or
// of a vector that says something which nothing depends on.

/** Every altered copy of a case, as [what was altered, copy]. `name` and `about` are for people and stay. */
export function* alterations(vector, random) {
  const { name, about, ...checked } = vector;
  for (const path of pathsOf(checked)) {
    for (const altered of alteredValues(valueAt(checked, path), random)) {
      yield [path.join('.'), { name, about, ...withValue(checked, path, altered) }];
    }
  }
  yield ['a field too many', { ...vector, more: '00' }];
  yield ['a result too many', { ...vector, expect: { ...vector.expect, more: '00' } }];
  for (const field of Object.keys(checked)) yield [`without ${field}`, without(vector, field)];
  for (const field of Object.keys(vector.expect)) {
    if (field === 'inputs_sha256') continue; // which only protects, and may be passed over
    yield [`without the result ${field}`, { ...vector, expect: without(vector.expect, field) }];
  }
}

const isInner = (it) => it !== null && typeof it === 'object' && Object.keys(it).length > 0;

function* pathsOf(it, path = []) {
  if (!isInner(it)) {
    yield path;
    return;
  }
  for (const [name, inner] of Object.entries(it)) yield* pathsOf(inner, [...path, name]);
}

const valueAt = (it, path) => path.reduce((inner, name) => inner[name], it);

function withValue(it, [name, ...rest], value) {
  if (name === undefined) return value;
  const copy = Array.isArray(it) ? [...it] : { ...it };
  copy[name] = withValue(it[name], rest, value);
  return copy;
}

function without(it, field) {
  const { [field]: left, ...rest } = it;
  return rest;
}

function alteredValues(it, random) {
  if (typeof it === 'string') return alteredTexts(it, random);
  if (typeof it === 'number') return [it + 1, String(it)];
  if (typeof it === 'boolean') return [!it, String(it)];
  return it === null ? [0, '00'] : [null, '00', ['00']];
}

/** Bytes and numbers are altered as what they are: still well-formed, and another. Any text gets a letter more. */
function alteredTexts(it, random) {
  const altered = [`${it}0`];
  if (/^([0-9a-f]{2})+$/.test(it)) {
    const places = new Set([0, it.length - 1, Math.floor(random() * it.length), Math.floor(random() * it.length)]);
    for (const place of places) altered.push(flipped(it, place, Math.floor(random() * 4)));
  }
  if (/^(0|-?[1-9][0-9]*)$/.test(it)) altered.push((BigInt(it) + 1n).toString(), (BigInt(it) - 1n).toString());
  return altered;
}

function flipped(text, place, bit) {
  const digit = (parseInt(text[place], 16) ^ (1 << bit)).toString(16);
  return text.slice(0, place) + digit + text.slice(place + 1);
}

/** A small generator with a seed (mulberry32), so that a run can be repeated. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
