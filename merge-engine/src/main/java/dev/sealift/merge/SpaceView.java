package dev.sealift.merge;

import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.Membership;
import java.util.Optional;

/**
 * A space as the next file finds it: what is durable ({@link SpaceState}), or that with the files of
 * one commit on top ({@link Draft}), or that with the files of two.
 */
interface SpaceView {
  /** The number of files in the log; 0 when the space is not there yet. */
  long size();

  /** Empty when the space is not there yet. */
  Optional<Membership> membership();

  ChainHead chainHead(DeviceId device);

  /** Of the last file; 0 when there is none. */
  long lastServerTimeMillis();

  /** Headers and payloads that the store keeps. */
  long storedBytes();

  /** Of that, the headers of membership files, which every load of the space brings. */
  long membershipBytes();

  /** How often the store was restored, and what the space has begun since. */
  Restorations restorations();

  /** Under which the space is kept; whether it is still good is not said. */
  Optional<AdmissionToken> token();
}
