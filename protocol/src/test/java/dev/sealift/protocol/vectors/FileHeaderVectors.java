package dev.sealift.protocol.vectors;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;
import dev.sealift.vectors.VectorFile;

final class FileHeaderVectors extends VectorFile {
  FileHeaderVectors() {
    super(
        "file-headers",
        "Section 5: signed headers, made and read. A body is compared field by field: fields may stand in any order in it.");
  }

  @Override
  protected void cases(Cases to) throws FormatException {
    GoodHeaders.add(to);
    MalformedHeaders.add(to);
  }

  static Json read(byte[] signedHeader, VerifyingKey author) {
    return Json.of("kind", "read")
        .hex("signed_header", signedHeader)
        .hex("author", author.byteString());
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "make" -> made(in);
      case "read" ->
        checked(SignedHeader.parse(in.hex("signed_header")), VerifyingKey.of(in.hex("author")));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json made(Inputs in) throws FormatException {
    HeaderBody body =
        Messages.fromJson(in.json("body"), HeaderBody.newBuilder()).build();
    SigningKey key = SigningKey.fromSeed(in.hex("seed"));
    SignedHeader made = SignedHeader.sign(body, in.hex("payload"), key);
    return Json.object()
        .hex("body", made.associatedData())
        .hex("signed_header", made.toByteArray())
        .text("file_id", made.id().toString());
  }

  private static Json checked(SignedHeader file, VerifyingKey author) {
    if (!file.verify(author)) {
      return Json.of("refused", "BAD_SIGNATURE");
    }
    return Json.object()
        .json("body", body(file.header()))
        .u32("payload_length", file.header().payloadLength())
        .text("payload_sha256", file.header().payloadHash().toString())
        .text("file_id", file.id().toString())
        .text("space_id", file.space().toString());
  }

  /** What production code read, as the message again. */
  private static JsonObject body(FileHeader header) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(header.kind())
        .setDevice(header.device().byteString())
        .setCounter(header.counter())
        .setHybridTime(header.time().bits())
        .setCollection(header.collection().byteString())
        .setEpoch(header.epoch())
        .setGeneration(header.generation())
        .setSeen(Seen.newBuilder()
            .setSequence(header.seen().sequence())
            .setRoot(header.seen().root().byteString()))
        .setExpiresAtMillis(header.expiresAtMillis())
        .setSalt(header.salt())
        .setPart(header.part())
        .setParts(header.parts())
        .setKeyId(header.keyId());
    header.space().ifPresent(space -> body.setSpace(space.byteString()));
    header.previous().ifPresent(file -> body.setPrevious(file.byteString()));
    header.membership().ifPresent(body::setMembership);
    header
        .supersedes()
        .forEach(span -> body.addSupersedes(
            SequenceRange.newBuilder().setFirst(span.first()).setLast(span.last())));
    header
        .attestations()
        .forEach(said -> body.addAttestations(Attestation.newBuilder()
            .setCompaction(said.compaction().byteString())
            .setVerdictValue(said.isContested() ? 2 : 1)));
    header
        .buildsOn()
        .forEach(dot -> body.addBuildsOn(Dot.newBuilder()
            .setDevice(dot.device().byteString())
            .setCounter(dot.counter())
            .setFile(dot.file().byteString())));
    return Messages.toJson(body.build());
  }

  /** Body, length, hash and signature, whatever they say. */
  static byte[] assembled(
      ByteString body, int payloadLength, byte[] payloadHash, byte[] signature) {
    return java.nio.ByteBuffer.allocate(body.size() + 36 + signature.length)
        .put(body.asReadOnlyByteBuffer())
        .putInt(payloadLength)
        .put(payloadHash)
        .put(signature)
        .array();
  }
}
