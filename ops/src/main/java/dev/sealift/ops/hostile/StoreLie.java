package dev.sealift.ops.hostile;

import dev.sealift.protocol.mesh.proto.ReadReply;

/** What a store gives in place of what it was asked to read. */
interface StoreLie {
  StoreLie HONEST = reply -> reply;

  ReadReply tell(ReadReply reply);
}
