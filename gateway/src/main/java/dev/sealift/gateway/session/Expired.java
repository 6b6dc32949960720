package dev.sealift.gateway.session;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.util.stream.Stream;

/** What entries without a payload ask of the head that they are told under. */
final class Expired {
  private static final long NEVER = Long.MAX_VALUE;

  private Expired() {}

  /** The server time by which all payloads had expired of which that is said; 0 when it is said of none. */
  static long latest(Stream<LogEntry> entries) {
    return entries
        .filter(entry -> entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED)
        .mapToLong(Expired::expiry)
        .max()
        .orElse(0);
  }

  /** A header that says none, or cannot be read, makes nothing expire. */
  private static long expiry(LogEntry entry) {
    try {
      long millis = SignedHeader.parse(entry.getSignedHeader()).header().expiresAtMillis();
      return millis > 0 ? millis : NEVER;
    } catch (FormatException e) {
      return NEVER;
    }
  }
}
