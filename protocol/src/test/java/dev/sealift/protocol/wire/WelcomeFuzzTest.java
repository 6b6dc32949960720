package dev.sealift.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.proto.Welcome;
import java.util.Optional;

/** What a mesh says as a connection begins. */
class WelcomeFuzzTest {
  private static final Handshake HANDSHAKE = new Handshake(
      1,
      SampleFiles.NOTARY,
      SampleFiles.filled(32, 1),
      SampleFiles.filled(32, 2),
      SampleFiles.filled(32, 3));

  @FuzzTest
  void statement(byte[] bytes) {
    WelcomeStatement said;
    try {
      said = WelcomeStatement.parse(ByteString.copyFrom(bytes));
    } catch (FormatException refused) {
      return;
    }
    assertThat(said.encode().toByteArray()).isEqualTo(bytes);
    requireBounds(said);
    assertThat(said.verify()).isIn(true, false);
  }

  /** What is signed is believed, in its own connection alone; what is not never is. */
  @FuzzTest
  void welcome(byte[] bytes) throws FormatException {
    Welcome welcome;
    try {
      welcome = Welcome.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      assertThat(WelcomeStatement.check(HANDSHAKE, welcome)).isEmpty();
    } catch (FormatException refused) {
      return;
    }
    WelcomeStatement signed = WelcomeStatement.sign(HANDSHAKE, welcome, SampleFiles.NOTARY_KEY);
    requireBounds(signed);
    Welcome whole = welcome.toBuilder().setSignature(signed.signature()).build();
    assertThat(WelcomeStatement.check(HANDSHAKE, whole)).contains(signed);
    assertThat(WelcomeStatement.parse(signed.encode())).isEqualTo(signed);
    Handshake another = new Handshake(
        1,
        SampleFiles.NOTARY,
        SampleFiles.filled(32, 1),
        SampleFiles.filled(32, 9),
        SampleFiles.filled(32, 3));
    Optional<WelcomeStatement> elsewhere = WelcomeStatement.check(another, whole);
    assertThat(elsewhere).isEmpty();
  }

  private static void requireBounds(WelcomeStatement said) {
    assertThat(said.incarnations()).hasSizeLessThanOrEqualTo(Limits.MAX_INCARNATIONS);
    assertThat(said.serverTimeMillis()).isBetween(0L, HybridTime.MAX_MILLIS);
    assertThat(said.recoveringMillis()).isBetween(0L, HybridTime.MAX_MILLIS);
    assertThat(said.encode().size())
        .isBetween(WelcomeStatement.MIN_BYTES, WelcomeStatement.MAX_BYTES);
  }
}
