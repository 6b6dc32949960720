package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.StagedPayload;

/** A file with its payload, as a device sends it. */
record Upload(SignedHeader header, ByteString payload) {
  AdmitFile admitFile() {
    return AdmitFile.newBuilder()
        .setSignedHeader(header.byteString())
        .setPayload(staged(payload))
        .build();
  }

  static StagedPayload staged(ByteString payload) {
    return StagedPayload.newBuilder()
        .setToken(ByteString.copyFromUtf8("token"))
        .setLength(payload.size())
        .setSha256(Hash.of(payload.toByteArray()).byteString())
        .setNotesCompactions(true)
        .build();
  }
}
