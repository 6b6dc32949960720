package dev.sealift.ops.chaos.device;

import dev.sealift.protocol.proto.Frame;

/** Looks on at what one connection carries, before the client sees it. Sent frames come on one thread, received ones on another. */
interface Tap {
  void sent(Frame frame);

  void received(Frame frame);
}
