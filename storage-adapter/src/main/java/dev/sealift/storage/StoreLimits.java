package dev.sealift.storage;

import dev.sealift.protocol.Limits;
import java.nio.ByteBuffer;

/** Bounds on what one request may ask of a store. A request beyond one is refused as malformed. */
public final class StoreLimits {
  /** Bytes of payloads in one staging: all that a device may have under way, which a gateway stages for it. */
  public static final int MAX_STAGE_BYTES = Limits.PUT_WINDOW_BYTES;

  /** Spaces in one commit: a merge engine's batch. One transaction of this size stays within tens of milliseconds. */
  public static final int MAX_COMMIT_SPACES = 1024;

  /** Files in one commit, over all its spaces: with the largest headers still far below the heap. */
  public static final int MAX_COMMIT_FILES = 4096;

  /** Dots, and root sizes, in one look-up. Each may cost the reading of a few tiles. */
  public static final int MAX_LOOK_UPS = 1024;

  /** What is said of compactions in one look-up: all that a Put may say, since one to a restored mesh goes back whole. A few rows of an index each. */
  public static final int MAX_SAYINGS = Limits.MAX_PUT_FILES * Limits.MAX_ATTESTATIONS;

  /** Positions in one message: a gateway's full house of connections. */
  public static final int MAX_POSITIONS = 16_384;

  /** An admission token: its issuer's terms and signature, far below a page. Kept once a space. */
  public static final int MAX_ADMISSION_TOKEN_BYTES = 2 << 10;

  /** Files that one reclaiming looks at: a transaction of that stays within a second. Commits wait for it, so whoever is in no hurry asks for less. */
  public static final int MAX_RECLAIM_FILES = 16_384;

  /** Payloads that one request has expire: the same. */
  public static final int MAX_EXPIRE_FILES = MAX_RECLAIM_FILES;

  /** Bytes of headers that one reclaiming reads, for what stays of them: those of all its files as a rule, and few of the largest ones. Bounds heap. */
  public static final int MAX_RECLAIM_HEADER_BYTES = 8 << 20;

  /**
   * How old what is noted of when a device was seen may be, before it is noted anew although nothing else of the device changes. Reclaiming asks by
   * days, and a device that is at work would cost a row with each file.
   */
  public static final long SEEN_STALE_MILLIS = 60_000;

  /** Spaces in one answer: far below a frame of the event bus. */
  public static final int MAX_TOLD_SPACES = 4096;

  /** Devices in one answer: the same. */
  public static final int MAX_TOLD_DEVICES = 4096;

  /**
   * Compactions of a space that one question looks at: those that stand and are not superseded, the newest of them. Devices leave a few
   * dozen; two members who leave more of them keep the oldest from being told.
   */
  public static final int MAX_EFFECTIVE = 4096;

  /** Sequences of parts in one answer about compactions, which so fits a frame: eight compactions of as many parts as one may have. */
  public static final int MAX_TOLD_PARTS = 8 * Limits.MAX_COMPACTION_PARTS;

  /** Devices whose word for a compaction is told: more than a space has members, as a rule, and enough to believe it. */
  public static final int MAX_TOLD_ATTESTATIONS = 64;

  /** Contests that are told of one compaction, the newest; beside the others, so that neither crowds the others out. */
  public static final int MAX_TOLD_CONTESTS = 64;

  /** Open compactions that are told, the newest: what an operator can look at. Engines let a device have a few. */
  public static final int MAX_TOLD_OPEN = 64;

  /** Compactions of one device that are counted: more than any engine lets begin. */
  public static final int MAX_BEGUN_COUNTED = 1024;

  /** Live files of events that one question counts: a space with more is to be compacted in any case. They are counted within some hundred milliseconds. */
  public static final int MAX_LIVE_COUNTED = 131_072;

  /** Files whose payload is to expire that one question counts: the same, by an index of theirs. */
  public static final int MAX_EXPIRING_COUNTED = MAX_LIVE_COUNTED;

  /** Bytes of one read reply, whatever the caller asks; one file more than that may come. Bounds heap and snapshot time. */
  public static final int MAX_READ_BYTES = 8 << 20;

  /** Files of one read reply. */
  public static final int MAX_READ_FILES = Limits.MAX_FILES_ENTRIES;

  /** Tokens are a store's own; any store's are shorter than this. */
  public static final int MAX_TOKEN_BYTES = 64;

  /** Files of one space. SQLite keys pack space and sequence into 63 bits. */
  public static final long MAX_SPACE_FILES = (1L << 40) - 1;

  private StoreLimits() {}

  /** A sequence as it stands in a signed position: such bytes compare as the numbers do. */
  public static byte[] bigEndian(long sequence) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
  }

  /** @param asked an unsigned number; 0 for as many as may be */
  public static int toldSpaces(int asked) {
    return asked == 0
        ? MAX_TOLD_SPACES
        : (int) Math.min(Integer.toUnsignedLong(asked), MAX_TOLD_SPACES);
  }
}
