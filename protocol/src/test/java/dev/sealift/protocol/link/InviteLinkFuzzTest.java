package dev.sealift.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.LinkFragment;
import dev.sealift.protocol.proto.LinkPath;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Links that somebody typed, pasted or made up. */
class InviteLinkFuzzTest {
  private static final byte[] CHECKSUM_CONTEXT =
      "sealift.v1 link\0".getBytes(StandardCharsets.US_ASCII);

  @FuzzTest
  void parse(FuzzedDataProvider data) {
    requireLinkOrRefusal(data.consumeRemainingAsString());
  }

  /** With a checksum that is right, so that what stands behind it is looked at. */
  @FuzzTest
  void withChecksum(FuzzedDataProvider data) {
    String authority = data.consumeBoolean() ? "localhost:7400" : data.consumeString(40);
    ByteString secret =
        data.consumeBoolean() ? SampleLinks.SECRET : ByteString.copyFrom(data.consumeBytes(40));
    String name = data.consumeString(250);
    ByteString path = LinkPath.newBuilder()
        .setVersion(data.consumeBoolean() ? 1 : data.consumeInt())
        .setSpace(SampleLinks.SPACE.byteString())
        .setNotary(SampleLinks.NOTARY.verifyingKey().byteString())
        .setSignedHead(SampleLinks.HEAD.byteString())
        .setInvitationSequence(data.consumeBoolean() ? 2 : data.consumeLong())
        .build()
        .toByteString()
        .concat(ByteString.copyFrom(data.consumeRemainingAsBytes()));
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    Hash checksum = Hash.of(CHECKSUM_CONTEXT, path.toByteArray(), secret.toByteArray(), utf8);
    ByteString fragment = LinkFragment.newBuilder()
        .setSecret(secret)
        .setSpaceNameBytes(ByteString.copyFrom(utf8))
        .setChecksum(checksum.byteString().substring(0, 4))
        .build()
        .toByteString();
    requireLinkOrRefusal("http://" + authority + "/join/" + base64(path) + "#" + base64(fragment));
  }

  private static String base64(ByteString bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static void requireLinkOrRefusal(String text) {
    InviteLink link;
    try {
      link = InviteLink.parse(text);
    } catch (FormatException refused) {
      requireSaysNothing(refused, text);
      return;
    }
    assertThat(link.head().verify(link.notary())).isTrue();
    assertThat(link.head().head().space()).isEqualTo(link.space());
    assertThat(link.invitationSequence()).isBetween(1L, link.head().head().size());
    assertThat(link.mesh().getHost()).isNotNull();
    assertThat(link.mesh().getScheme()).isIn("ws", "wss");
    assertThat(link.toString()).doesNotContain(base64(link.secret()));
    try {
      assertThat(InviteLink.parse(link.format())).isEqualTo(link);
    } catch (FormatException e) {
      throw new AssertionError("what is written is read back", e);
    }
  }

  /** The secret is in the link, so nothing of it may stand in an error. */
  private static void requireSaysNothing(FormatException refused, String text) {
    int from = text.indexOf('#');
    String secret = from < 0 ? "" : text.substring(from + 1).strip();
    for (Throwable at = refused; at != null; at = at.getCause()) {
      if (secret.length() > 12) {
        assertThat(String.valueOf(at.getMessage())).doesNotContain(secret);
      }
    }
  }
}
