package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.file.SignedHeader;

/** A file on its way from device to device. */
record Handed(SignedHeader file, ByteString payload) {
  int bytes() {
    return file.byteString().size() + payload.size();
  }
}
