// Key objects: to make one takes several times what is then done with it, and the same few come again with every file.

/** At the bound the oldest makes room. */
const MOST = 1024;

/** A function of one Buffer that remembers what it gave. What it throws it throws again. */
export function remembered(make) {
  const known = new Map();
  return (bytes) => {
    const name = bytes.toString('latin1');
    let made = known.get(name);
    if (made === undefined) {
      made = make(bytes);
      if (known.size === MOST) known.delete(known.keys().next().value);
      known.set(name, made);
    }
    return made;
  };
}
