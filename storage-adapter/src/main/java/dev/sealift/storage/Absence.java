package dev.sealift.storage;

import dev.sealift.protocol.proto.PayloadAbsence;

/** Why an entry comes without its payload. What holds for everybody is told to its author too. */
public final class Absence {
  private Absence() {}

  /**
   * @param expired whether the payload went since it had expired
   * @param own whether it is left out for whoever reads
   * @return unspecified when the payload comes with it
   */
  public static PayloadAbsence of(
      boolean hasHeader, boolean hasPayload, boolean expired, boolean own) {
    if (!hasPayload) {
      return hasHeader && expired
          ? PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED
          : PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED;
    }
    return own ? PayloadAbsence.PAYLOAD_ABSENCE_OWN : PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED;
  }
}
