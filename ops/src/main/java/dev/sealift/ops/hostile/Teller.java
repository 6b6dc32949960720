package dev.sealift.ops.hostile;

import dev.sealift.protocol.proto.Frame;
import java.util.List;

/** Lies to one device: what passes on its connections. */
interface Teller {
  /** Lets everything pass. */
  Teller HONEST = new Teller() {};

  /** It is to lie from now on; the device may be connected already. */
  default void begin() {}

  /** What the device gets in place of a frame. */
  default List<Frame> toDevice(Talk talk, Frame frame) {
    return List.of(frame);
  }

  /** What the mesh gets in place of one. */
  default List<Frame> toMesh(Talk talk, Frame frame) {
    return List.of(frame);
  }
}
