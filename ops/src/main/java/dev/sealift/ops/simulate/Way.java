package dev.sealift.ops.simulate;

import dev.sealift.protocol.id.DeviceId;

/** A connection, as whoever stands {@link Between between} its ends has it. */
public interface Way {
  /** Whose it is. */
  DeviceId of();

  /** The device gets this, behind what is on its way to it. */
  void bring(byte[] message);

  /** The mesh gets this from the device, behind what is on its way to it. */
  void say(byte[] message);
}
