package dev.sealift.bench;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Files of one device, the same in every run. */
public final class Samples {
  public static final long START_MILLIS = 1_767_225_600_000L;
  public static final SigningKey NOTARY = SigningKey.fromSeed(bytes(32, 0x77));
  public static final SigningKey AUTHOR = SigningKey.fromSeed(bytes(32, 1));
  public static final ByteString PAYLOAD = ByteString.copyFrom(bytes(200, 2));
  private static final DevicePublicKeys KEYS =
      new DevicePublicKeys(AUTHOR.verifyingKey(), filled(32, 0x41));

  private Samples() {}

  public static byte[] bytes(int length, int fill) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  private static ByteString filled(int length, int fill) {
    return ByteString.copyFrom(bytes(length, fill));
  }

  public static DevicePublicKeys author() {
    return KEYS;
  }

  /** A genesis, and behind it files of events: one chain. */
  public static List<SignedHeader> chain(int files) throws FormatException {
    List<SignedHeader> chain = new ArrayList<>();
    chain.add(sign(genesis(NOTARY.verifyingKey())));
    for (int i = 1; i < files; i++) {
      SignedHeader last = chain.get(i - 1);
      chain.add(sign(body(FileKind.FILE_KIND_EVENTS)
          .setSpace(chain.get(0).space().byteString())
          .setCounter(i + 1)
          .setPrevious(last.id().byteString())));
    }
    return chain;
  }

  private static SignedHeader sign(HeaderBody.Builder body) throws FormatException {
    return SignedHeader.sign(body.build(), PAYLOAD.toByteArray(), AUTHOR);
  }

  private static HeaderBody.Builder genesis(VerifyingKey notary) {
    return body(FileKind.FILE_KIND_MEMBERSHIP)
        .setCounter(1)
        .setMembership(MembershipChange.newBuilder()
            .setGenesis(Genesis.newBuilder()
                .setFounder(KEYS.toProto())
                .setMember(filled(16, 0x81))
                .setNotary(notary.byteString())
                .setRules(SpaceRules.defaults().toProto())
                .setEpochCommitment(filled(32, 0x55))));
  }

  private static HeaderBody.Builder body(FileKind kind) {
    return HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(kind)
        .setDevice(KEYS.id().byteString())
        .setHybridTime(HybridTime.of(START_MILLIS, 0).bits())
        .setCollection(filled(16, 0))
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(SeenLog.nothing().root().byteString()))
        .setSalt(filled(32, 0x11));
  }
}
