package dev.sealift.gateway.codec;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.Frame;

/**
 * Frames as messages of one subprotocol. Without state; takes time and memory in proportion to the message, whatever is in
 * it.
 */
public interface FrameCodec {
  /** A longer message is not given to {@link #decode}. */
  int maxBytes();

  /** The same before the device has proved who it is. */
  int maxHandshakeBytes();

  /**
   * Reads a message from a device. The frame may have no body, and may be larger in the protocol's binary form than that
   * form allows: to be looked at by the caller.
   *
   * @param message not changed afterwards: what is read may be parts of it and no copies
   */
  Frame decode(byte[] message) throws FormatException;

  byte[] encode(Frame frame);

  /** Of what {@link #encode} would give, without making it. */
  int length(Frame frame);

  /** Tells a message's type without reading the message, for counting; a hostile message may lie about it. */
  Frame.BodyCase typeOf(byte[] message);
}
