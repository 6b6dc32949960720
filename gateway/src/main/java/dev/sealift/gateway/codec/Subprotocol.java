package dev.sealift.gateway.codec;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The WebSocket subprotocols that are spoken here, the preferred one first. */
public enum Subprotocol {
  BINARY("sealift.v1", new BinaryCodec(), false),
  JSON("sealift.v1.json", new JsonCodec(), true);

  private final String id;
  private final FrameCodec codec;
  private final boolean text;

  Subprotocol(String id, FrameCodec codec, boolean text) {
    this.id = id;
    this.codec = codec;
    this.text = text;
  }

  /** The name on the wire. */
  public String id() {
    return id;
  }

  public FrameCodec codec() {
    return codec;
  }

  /** Whether frames come and go in text messages; in binary ones if not. */
  public boolean isText() {
    return text;
  }

  public static List<String> ids() {
    return Arrays.stream(values()).map(Subprotocol::id).toList();
  }

  /** Of what a device offers, what we like best. */
  public static Optional<Subprotocol> choose(Collection<String> offered) {
    return Arrays.stream(values())
        .filter(subprotocol -> offered.contains(subprotocol.id))
        .findFirst();
  }
}
