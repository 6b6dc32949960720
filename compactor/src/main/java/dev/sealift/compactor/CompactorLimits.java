package dev.sealift.compactor;

/** The bounds and times that no operator needs to set. */
final class CompactorLimits {
  /** Spaces with a state here, of some 2 KB at most: those that changed lately. What is forgotten is found again by its next news, or by a sweep. */
  static final int MAX_SPACES = 20_000;

  /** Enough to keep a store that is milliseconds away at work, and few beside what gateways ask of it. */
  static final int MAX_QUESTIONS_UNDER_WAY = 16;

  /** How often the core looks what is due: all that it decides is a matter of minutes. */
  static final long TICK_MILLIS = 1_000;

  /** Things done with each tick. A store answers some thousand such questions a second: a few hundredths of it. */
  static final int ACTS_PER_TICK = 50;

  /** Spaces that wait for a reclaim and are passed over at once, so that what else is due has its turn: a fraction of a millisecond. */
  static final int MOST_PASSED_OVER = 1_000;

  /** Reclaims among them: each is a transaction. */
  static final int RECLAIMS_PER_TICK = 2;

  /** Files of one of them: a short transaction, so that commits do not wait. */
  static final int RECLAIM_FILES = 512;

  /** Payloads that one request has expire: the same. */
  static final int EXPIRE_FILES = RECLAIM_FILES;

  /** Such requests with each tick: of few files as a rule, and every space that has any with a lifetime asks for one a day at least. */
  static final int EXPIRES_PER_TICK = 10;

  /** Payloads of a space go no more often, so that whatever expires meanwhile goes in one transaction. Nobody waits for it. */
  static final long EXPIRE_EVERY_MILLIS = 10 * 60_000L;

  /** Spaces that a sweep brings with each tick: half, so that news is never behind it. */
  static final int SWEPT_PER_TICK = ACTS_PER_TICK / 2;

  /** Spaces in one answer of a sweep: some 10 KB. */
  static final int SWEEP_PAGE = 256;

  /** The one that finds what time has made due in spaces that are quiet, and were forgotten. Grace is a day, too. */
  static final long SWEEP_EVERY_MILLIS = 24 * 60 * 60_000L;

  /** However often engines and compactors come and go: what was missed costs time and nothing else. */
  static final long SWEEP_AT_MOST_EVERY_MILLIS = 10 * 60_000L;

  /** A space is asked about no more often. */
  static final long ASK_EVERY_MILLIS = 10_000;

  /** Before a question that had no answer is asked again. */
  static final long AGAIN_MILLIS = 30_000;

  /** For gateways to say who is there: some round trips. */
  static final long PRESENCE_MILLIS = 2_000;

  /** A gateway of such a space has as many connections of it at most, by its usual quota. */
  static final int MAX_PRESENT = 1_024;

  /** Until the first part of an offered compaction is in the log: the device works for a minute at most, and sends it over a slow link. */
  static final long OFFER_MILLIS = 3 * 60_000;

  /** Looks at what has come of an offer while it stands, each time that the log has grown: the first after so long, each next one after twice as long. So an offer of three minutes costs five questions at most. */
  static final long FIRST_LOOK_MILLIS = ASK_EVERY_MILLIS;

  /** So long a device makes no other compaction, whatever it is offered: it holds to that by itself (protocol: Offer). */
  static final long PAUSE_MILLIS = 10 * 60_000;

  /** Before a space is offered again where nobody took it, or what was begun does not stand: as long as devices wait for one of theirs to stand. */
  static final long REST_MILLIS = 10 * 60_000;

  /** Rests double, so that a space of which no device compacts costs little: to 160 minutes. */
  static final int REST_DOUBLINGS = 4;

  /** A hindrance goes with a device that comes back, or with the cut-off: no hurry. Sooner where the grace period is shorter, since so is the operator's patience. */
  static final long RECLAIM_AGAIN_MILLIS = 60 * 60_000L;

  /** The earliest of the engines' clocks counts for so long: each tells its time every two seconds. */
  static final long ENGINE_TIME_MILLIS = 10_000;

  /** A store that has no answer by then is asked again later: such a question takes milliseconds, and a reclaim is one transaction. */
  static final long STORE_MILLIS = 10_000;

  /** A gateway that does not answer an offer by then is gone: it has only to write a frame. */
  static final long GATEWAY_MILLIS = 3_000;

  /** Operators that look at once: each takes seconds, and some questions to the store. */
  static final int MAX_INSPECTIONS = 4;

  /** Devices that an operator is told of, beside those in line: what fits a screen or ten. */
  static final int MAX_INSPECTED_DEVICES = 1_024;

  /** Files that an operator is told are to expire: that there are more is said. */
  static final int MAX_EXPIRING_COUNTED = 100_000;

  /** Of a gateway's name: ours have 36. */
  static final int MAX_NAME_CHARACTERS = 64;

  /** Compactions that stand of one space and are not superseded; the store tells the ones with the lowest bases first. */
  static final int MAX_STANDING = 64;

  /** A compaction of fewer files spares a new device nothing that it would notice. */
  static final long LEAST_LOWER = 16;

  /** While nothing is measured: files of some kilobytes over a mobile link. */
  static final double FILES_PER_SECOND = 100;

  /** No device that is of any use is slower, and none faster: measured values beyond are stalls, or lies. */
  static final double LEAST_FILES_PER_SECOND = 2;

  static final double GREATEST_FILES_PER_SECOND = 10_000;

  private CompactorLimits() {}
}
