package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Seen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes in which files are handed over, which do not change. */
class HandOverBytesTest {
  private static byte[] filled(int length, int with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private static ByteString bytes(int length, int with) {
    return ByteString.copyFrom(filled(length, with));
  }

  private static SignedHeader file(ByteString payload) throws Exception {
    HeaderBody body = HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(FileKind.FILE_KIND_EVENTS)
        .setSpace(bytes(SpaceId.BYTES, 0x33))
        .setDevice(bytes(DeviceId.BYTES, 0x01))
        .setCounter(1)
        .setHybridTime(HybridTime.of(1_767_225_600_000L, 7).bits())
        .setCollection(bytes(16, 0))
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(SeenLog.nothing().root().byteString()))
        .addBuildsOn(
            Dot.newBuilder().setDevice(bytes(32, 0x02)).setCounter(9).setFile(bytes(32, 0x66)))
        .setSalt(bytes(32, 0x11))
        .build();
    return SignedHeader.sign(body, payload.toByteArray(), SigningKey.fromSeed(filled(32, 0x01)));
  }

  @Test
  void aFileThatBuildsOnAnotherIsHandedOverInTheseBytes() throws Exception {
    ByteString payload = ByteString.copyFromUtf8("sealed");
    SignedHeader file = file(payload);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HandOver.of(SpaceId.of(filled(32, 0x33)), List.of(new Handed(file, payload)))
        .writeTo(out);

    String header = HexFormat.of().formatHex(file.toByteArray());
    String length = HexFormat.of().toHexDigits(file.toByteArray().length);
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo("7365616c6966742068616e646f766572" + "00000001" + "33".repeat(32) + "00000001"
            + length + header + "7365616c6564");
    assertThat(header)
        .contains("6a46" + "0a20" + "02".repeat(32) + "1009" + "1a20" + "66".repeat(32));
    assertThat(read(out.toByteArray()).files()).containsExactly(new Handed(file, payload));
  }

  private static HandOver read(byte[] bytes) throws IOException {
    return HandOver.read(new ByteArrayInputStream(bytes));
  }
}
