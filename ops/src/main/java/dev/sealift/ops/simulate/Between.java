package dev.sealift.ops.simulate;

import java.util.List;

/** Whoever stands on the way between devices and their mesh. */
public interface Between {
  /** Lets everything pass. */
  Between HONEST = new Between() {};

  /** What a device gets in place of a message of the mesh. */
  default List<byte[]> toDevice(Way way, byte[] message) {
    return List.of(message);
  }

  /** What the mesh gets in place of a message of a device. */
  default List<byte[]> toMesh(Way way, byte[] message) {
    return List.of(message);
  }
}
