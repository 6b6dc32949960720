package dev.sealift.client.sync;

import dev.sealift.protocol.proto.Frame;
import java.util.List;

/** What stands between a {@link FakeMesh} and its devices, and may do anything. */
@FunctionalInterface
public interface Wire {
  /** Hands everything on. */
  Wire HONEST = (connection, toDevice, frame) -> List.of(frame);

  /**
   * A frame on its way. To break the connection instead: {@link FakeConnection#cut}.
   *
   * @return what arrives in its place
   */
  List<Frame> pass(FakeConnection connection, boolean toDevice, Frame frame);
}
