package dev.sealift.protocol;

/** Every bound that both ends must agree on. A peer that goes beyond one is refused. */
public final class Limits {
  /** The version of the wire and of the file format that this code speaks. */
  public static final int PROTOCOL_VERSION = 1;

  /** A sealed payload. Large enough to amortise a round trip, small enough to buffer per connection. */
  public static final int MAX_PAYLOAD_BYTES = 1 << 20;

  /** A signed header: leaves room for fields of later versions. */
  public static final int MAX_SIGNED_HEADER_BYTES = 64 << 10;

  /** One WebSocket message: one file of the largest size, its proof and the frame around them. */
  public static final int MAX_FRAME_BYTES =
      MAX_PAYLOAD_BYTES + MAX_SIGNED_HEADER_BYTES + (64 << 10);

  /** A frame before authentication carries keys, nonces and a signature, nothing more. */
  public static final int MAX_HANDSHAKE_FRAME_BYTES = 1 << 10;

  /**
   * A frame as ProtoJSON, in bytes of UTF-8: the base64 of a largest frame, and room for the names and numbers of as many
   * files as one frame may hold. What comes of it is held to {@link #MAX_FRAME_BYTES} besides.
   */
  public static final int MAX_JSON_FRAME_BYTES = MAX_FRAME_BYTES / 3 * 4 + (256 << 10);

  /** The same for a frame before authentication. */
  public static final int MAX_JSON_HANDSHAKE_FRAME_BYTES = 2 << 10;

  /** Files in one {@code Put}: a commit of this many small headers stays below a millisecond of hashing. */
  public static final int MAX_PUT_FILES = 64;

  /** Bytes a device may have under way without a result: a few of the largest files. */
  public static final int PUT_WINDOW_BYTES = 4 << 20;

  /** Log entries in one {@code Files}. */
  public static final int MAX_FILES_ENTRIES = 1024;

  /** Single entries that are fetched at once: as many as are put at once. */
  public static final int MAX_FETCH_ENTRIES = 64;

  /** What a payload may unfold to; an author packs far less, so more than this is an attack. */
  public static final int MAX_UNPACKED_PAYLOAD_BYTES = 16 << 20;

  /** Parts of one compaction: four GiB, which is more than a device takes in at once. */
  public static final int MAX_COMPACTION_PARTS = 4096;

  /** Steps that are told at once: each may halve what is left at least, and who is not there yet asks again. */
  public static final int MAX_STEPS = 64;

  /** Compactions that one file of attestations is about: as many as steps are told at once. */
  public static final int MAX_ATTESTATIONS = 64;

  /** Hints of a device in one report: each kind once, and room for kinds to come. */
  public static final int MAX_DEVICE_HINTS = 16;

  /** Signed positions in one frame: 46 KB, and one answer for nearly every space. */
  public static final int MAX_POSITIONS = 256;

  /** Files of other chains that a header may build on without their receipts. */
  public static final int MAX_BUILDS_ON = 64;

  /** Key envelopes in one membership payload. */
  public static final int MAX_KEY_ENVELOPES = 4096;

  /** Keys of earlier epochs in one membership payload. */
  public static final int MAX_PREVIOUS_KEYS = 16;

  /** Devices, members and invitations that one removal names: so that a change of membership stays small, as every load of a space brings all of them. */
  public static final int MAX_REMOVED = 64;

  /** Uses that one invitation may have. */
  public static final int MAX_INVITATION_USES = 10_000;

  /** A longer invitation link is not ours. */
  public static final int MAX_LINK_CHARACTERS = 2048;

  /** A space's name in a link, in UTF-16 code units: so that the longest in any script leaves the link short enough. */
  public static final int MAX_SPACE_NAME_CHARACTERS = 200;

  /** An admission token: a dozen numbers, a tenant and a signature, so that it fits a handshake. */
  public static final int MAX_ADMISSION_TOKEN_BYTES = 512;

  /** How often one space can be restored: each time is told to each connecting device for ever. */
  public static final int MAX_INCARNATIONS = 64;

  /** What evidence says of itself, with a frame as it came, and all keys that it may reveal; not the files behind that. */
  public static final int MAX_EVIDENCE_BYTES = 2 << 20;

  /** A longer RFC 9162 proof is not one: a log of 2^62 leaves needs no more. */
  public static final int MAX_PROOF_HASHES = 128;

  /** Sequences and counters stay below this, so that sums of two never overflow a signed 64-bit number. */
  public static final long MAX_SEQUENCE = 1L << 62;

  private Limits() {}
}
