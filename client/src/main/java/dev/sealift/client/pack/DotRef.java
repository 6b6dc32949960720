package dev.sealift.client.pack;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;

/** A file by its place in its device's chain, and by its id. */
public record DotRef(DeviceId device, long counter, FileId file) {
  public DotRef {
    if (counter < 1 || counter > Limits.MAX_SEQUENCE) {
      throw new IllegalArgumentException("a chain counts from 1");
    }
  }
}
