package dev.sealift.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import java.net.URI;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class InviteLinkProperties {
  private static final String TEXT = SampleLinks.at("wss://mesh.example.org").format();

  @Property
  void everyLinkRoundTrips(
      @ForAll("meshes") URI mesh,
      @ForAll @Size(32) byte[] space,
      @ForAll("sizes") long size,
      @ForAll @Size(32) byte[] secret,
      @ForAll("names") String name)
      throws FormatException {
    SigningKey notary = SigningKey.fromSeed(space);
    Hash root = Hash.of(secret);
    TreeHead head = new TreeHead(SpaceId.of(space), 3, size, root, 17);
    InviteLink link = new InviteLink(
        mesh,
        head.space(),
        notary.verifyingKey(),
        SignedTreeHead.sign(head, notary),
        1 + size / 2,
        ByteString.copyFrom(secret),
        name);
    assertThat(InviteLink.parse(link.format())).isEqualTo(link);
  }

  @Property
  void whateverIsPastedIsReadOrRefused(@ForAll @StringLength(max = 300) String text) {
    assertThat(isAccepted(text)).isFalse();
  }

  @Property
  void whateverStandsBehindAGoodAddressIsReadOrRefused(
      @ForAll @StringLength(max = 300) String text) {
    assertThat(isAccepted("https://mesh.example.org/join/" + text)).isFalse();
  }

  @Property
  void oneOtherCharacterIsRefused(@ForAll char other, @ForAll("places") int at) {
    boolean same = TEXT.charAt(at) == other;
    assertThat(isAccepted(TEXT.substring(0, at) + other + TEXT.substring(at + 1)))
        .isEqualTo(same);
  }

  private static boolean isAccepted(String text) {
    try {
      InviteLink.parse(text);
      return true;
    } catch (FormatException refused) {
      return false;
    }
  }

  @Provide
  Arbitrary<Integer> places() {
    return Arbitraries.integers().between(TEXT.indexOf("/join/"), TEXT.length() - 2);
  }

  @Provide
  Arbitrary<Long> sizes() {
    return Arbitraries.longs().between(1, (1L << 62) - 1);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .all()
        .ofMaxLength(Limits.MAX_SPACE_NAME_CHARACTERS)
        .filter(InviteLinkProperties::isUnicode);
  }

  private static boolean isUnicode(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  @Provide
  Arbitrary<URI> meshes() {
    return Combinators.combine(
            Arbitraries.of("ws://", "wss://"),
            Arbitraries.of("localhost", "mesh.example.org", "192.0.2.7", "[2001:db8::7]", "[::1]"),
            Arbitraries.integers().between(1, 65_535).map(port -> ":" + port).injectNull(0.3))
        .as((scheme, host, port) -> URI.create(scheme + host + (port == null ? "" : port)));
  }
}
