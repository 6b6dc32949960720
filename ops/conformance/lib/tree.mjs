// Section 12: leaves, the right edge of a tree that grows, and proofs by RFC 9162, section 2.1.
import { concat, equal, u64 } from './bytes.mjs';
import { check } from './errors.mjs';
import { sha256 } from './ids.mjs';
import { MAX_SEQUENCE } from './limits.mjs';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
const LEAF_VERSION = Buffer.from([1]);

export const EMPTY_ROOT = sha256();

export const node = (left, right) => sha256(NODE, left, right);

/** 113 bytes. */
export function leaf({ space, sequence, serverTimeMillis, base, file }) {
  return concat(LEAF_VERSION, space, u64(sequence), u64(serverTimeMillis), u64(base), file);
}

export const leafHash = (it) => sha256(LEAF, leaf(it));

/** The roots of a tree's complete subtrees, largest first: enough to append, and to know the root. */
export class Edge {
  static EMPTY = new Edge(0n, []);

  constructor(size, hashes) {
    this.size = size;
    this.hashes = hashes;
  }

  append(hash) {
    const hashes = [...this.hashes, hash];
    for (let size = this.size; size & 1n; size >>= 1n) {
      const right = hashes.pop();
      hashes.push(node(hashes.pop(), right));
    }
    return new Edge(this.size + 1n, hashes);
  }

  /** Goes on across files that are not known, by the complete subtrees that they fall into: section 14, Gap. */
  appendGap(files, hashes) {
    check(files >= 1n && this.size + files < MAX_SEQUENCE, 'a gap of no files, or of too many');
    const levels = gapLevels(this.size, this.size + files);
    check(levels.length === hashes.length, 'a gap of another number of hashes');
    return levels.reduce((edge, level, at) => edge.#appendSubtree(level, hashes[at]), this);
  }

  #appendSubtree(level, hash) {
    const subtrees = new Edge(this.size >> level, this.hashes).append(hash);
    return new Edge(this.size + (1n << level), subtrees.hashes);
  }

  root() {
    return this.hashes.length ? this.hashes.reduceRight((right, left) => node(left, right)) : EMPTY_ROOT;
  }
}

/** The heights of the subtrees that stand for the files from one size of the log to another. */
function gapLevels(from, to) {
  const levels = [];
  for (let at = from; at < to; at += 1n << levels.at(-1)) {
    let level = 0n;
    while ((at & ((2n << level) - 1n)) === 0n && at + (2n << level) <= to) level++;
    levels.push(level);
  }
  return levels;
}

/** RFC 9162, 2.1.3.2. */
export function inclusionHolds({ index, size, leaf, path, root }) {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1n;
  let hash = leaf;
  for (const sibling of path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      hash = node(sibling, hash);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = node(hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(hash, root);
}

/** RFC 9162, 2.1.4.2, and section 12 for what that leaves out. */
export function consistencyHolds({ first, second, firstRoot, secondRoot, path }) {
  if (first > second) return false;
  if (first === second) return path.length === 0 && equal(firstRoot, secondRoot);
  if (first === 0n) return path.length === 0 && equal(firstRoot, EMPTY_ROOT);
  if (path.length === 0) return false;
  const proof = isPowerOfTwo(first) ? [firstRoot, ...path] : [...path];
  let fn = first - 1n;
  let sn = second - 1n;
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let fr = proof[0];
  let sr = proof[0];
  for (const hash of proof.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = node(hash, fr);
      sr = node(hash, sr);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = node(sr, hash);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(fr, firstRoot) && equal(sr, secondRoot);
}

/** RFC 9162, 2.1.4.1: the proof that `consistencyHolds` checks, from the first so many of these leaves to all of them. */
export function consistencyPath(leaves, first) {
  return first === 0 || first >= leaves.length ? [] : partOfPath(first, leaves, true);
}

function partOfPath(first, leaves, whole) {
  if (first === leaves.length) return whole ? [] : [rootOf(leaves)];
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return first <= split
    ? [...partOfPath(first, left, whole), rootOf(right)]
    : [...partOfPath(first - split, right, false), rootOf(left)];
}

const rootOf = (leaves) => leaves.reduce((edge, leaf) => edge.append(leaf), Edge.EMPTY).root();

const isPowerOfTwo = (number) => (number & (number - 1n)) === 0n;
