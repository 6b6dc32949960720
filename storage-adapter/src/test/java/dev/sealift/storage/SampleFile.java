package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.FileKind;

/** A file as a store sees it. Its header is any bytes: a store does not read it. */
public record SampleFile(
    DeviceId device,
    long counter,
    FileKind kind,
    ByteString header,
    ByteString payload,
    long serverTimeMillis,
    long base) {

  public FileId id() {
    return FileId.of(Hash.of(header.toByteArray()));
  }
}
