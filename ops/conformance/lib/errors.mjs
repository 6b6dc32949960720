// What can be wrong, each with a class of its own. No message repeats input: it may be a secret.

/** Bytes that break the format. */
export class Malformed extends Error {}

/** Something sealed that does not open. */
export class DoesNotOpen extends Malformed {}

/** Something that only a newer version of this program understands. */
export class TooNew extends Malformed {}

/** An honest mesh never does this; `violation` is the name that section 17 gives it. */
export class Violation extends Error {
  constructor(violation, what) {
    super(what ?? violation);
    this.violation = violation;
  }
}

/** A file that is not admitted, by the rules of section 6; `code` is the name in RefusalCode without its prefix. */
export class Refusal extends Error {
  constructor(code, what) {
    super(what ?? code);
    this.code = code;
  }
}

/** Something failed that is nobody's lie; `code` says what in one word. */
export class Failure extends Error {
  constructor(code, what, retryAfterMillis) {
    super(what ?? code);
    this.code = code;
    this.retryAfterMillis = retryAfterMillis;
  }
}

export function check(holds, what) {
  if (!holds) throw new Malformed(what);
}
