package dev.sealift.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.LinkFragment;
import dev.sealift.protocol.proto.LinkPath;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InviteLinkTest {
  private static final String TEXT = SampleLinks.at("ws://localhost:7400").format();

  /** Links lie in mailboxes: if this test fails, the format has changed. */
  @Test
  void hasTheTextThatTheSpecificationGives() {
    assertThat(TEXT)
        .isEqualTo("http://localhost:7400/join/CAESIEYNPi788luDis9uBA4qcQ5SKX4vIuOAR"
            + "nMhGPaae16NGiDIU60PDNK2Ga6pLO7E_VaiTWSZ1YTOeSV-Rc_YE5tgpyKVAQFGD"
            + "T4u_PJbg4rPbgQOKnEOUil-LyLjgEZzIRj2mntejQAAAAAAAAAAAAAABSIiIiIiI"
            + "iIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiAAABm3baqADxASLVPWnXqGEU3g_i_"
            + "g4_4VaFteKsf7YIBqzEW_TKRzG5MakZFxlWt1Gb2gvDmQ9rXhgvWBJBciSVTvhkH"
            + "SQLKAI#CiBeXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXhIJaG91c2Vob"
            + "2xkGgSGLAxq");
  }

  @Test
  void comesBackFromItsText() throws FormatException {
    InviteLink link = InviteLink.parse(TEXT);
    assertThat(link).isEqualTo(SampleLinks.at("ws://localhost:7400"));
    assertThat(link.format()).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "ws://localhost:7400, http://localhost:7400",
    "wss://mesh.example.org, https://mesh.example.org",
    "wss://mesh.example.org:8443, https://mesh.example.org:8443",
    "ws://192.0.2.7:80, http://192.0.2.7:80",
    "ws://[::1]:7400, http://[::1]:7400",
    "wss://[2001:db8::7], https://[2001:db8::7]"
  })
  void aMeshBecomesAWebAddressAndBack(String mesh, String webAddress) throws FormatException {
    String text = SampleLinks.at(mesh).format();
    assertThat(text).startsWith(webAddress + "/join/");
    assertThat(InviteLink.parse(text).mesh()).isEqualTo(URI.create(mesh));
  }

  @Test
  void theSecretStandsInTheFragmentOnly() {
    String secret = HexFormat.of().formatHex(SampleLinks.SECRET.toByteArray());
    assertThat(hexOf(TEXT.substring(TEXT.indexOf('#') + 1))).contains(secret);
    assertThat(hexOf(TEXT.substring(TEXT.lastIndexOf('/') + 1, TEXT.indexOf('#'))))
        .doesNotContain(secret.substring(0, 8));
  }

  @Test
  void doesNotPrintItsSecret() {
    InviteLink link = SampleLinks.at("ws://localhost:7400");
    assertThat(link).hasToString("invitation to space " + SampleLinks.SPACE);
  }

  @Test
  void whiteSpaceAroundItIsIgnored() throws FormatException {
    assertThat(InviteLink.parse(" \t" + TEXT + "\r\n")).isEqualTo(InviteLink.parse(TEXT));
  }

  @Test
  void schemesAreReadInAnyCase() throws FormatException {
    assertThat(InviteLink.parse(TEXT.replace("http", "HTTP"))).isEqualTo(InviteLink.parse(TEXT));
  }

  @Test
  void everyPartThatWasCutShortIsRefused() {
    for (int length = 0; length < TEXT.length(); length++) {
      assertRefused(TEXT.substring(0, length));
    }
  }

  /** Where the mesh is stands in clear: its own key, which the link pins, says whether it is the right one. */
  @Test
  void oneOtherCharacterBehindTheAddressIsRefused() {
    String others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.?#% ~";
    for (int at = TEXT.indexOf("/join/"); at < TEXT.length(); at++) {
      for (char other : others.toCharArray()) {
        if (other != TEXT.charAt(at)) {
          assertRefused(TEXT.substring(0, at) + other + TEXT.substring(at + 1));
        }
      }
    }
  }

  @Test
  void oneCharacterMoreOrLessBehindTheAddressIsRefused() {
    for (int at = TEXT.indexOf("/join/"); at < TEXT.length(); at++) {
      assertRefused(TEXT.substring(0, at) + TEXT.substring(at + 1));
      assertRefused(TEXT.substring(0, at) + 'A' + TEXT.substring(at));
      assertRefused(TEXT.substring(0, at) + '?' + TEXT.substring(at));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "#",
        "household",
        "/join/AAAA#AAAA",
        "https://example.org/",
        "https://example.org/join/",
        "https://example.org/join/#",
        "https://example.org/join/AAAA#AAAA",
        "https://example.org/other/AAAA#AAAA",
        "mailto:someone@example.org",
        "http:///join/AAAA#AAAA",
        "http://exa mple.org/join/AAAA#AAAA",
        "file:///join/AAAA#AAAA",
        "\u0000",
        "https://example.org/join/ÄÖÜ#ß",
        "%%%"
      })
  void aForeignUrlIsRefused(String text) {
    assertRefused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://localhost:7400",
        "ws://localhost:7400",
        "http://someone@localhost:7400",
        "http://someone:secret@localhost:7400",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:-1",
        "http://localhost:99999999999",
        "http://:7400",
        "http://[::1",
        "http://local_host:7400",
        "http:",
        ""
      })
  void anAddressThatIsNoMeshesIsRefused(String address) {
    assertRefused(TEXT.replace("http://localhost:7400", address));
  }

  @Test
  void theHighestPortIsTaken() throws FormatException {
    assertThat(InviteLink.parse(TEXT.replace(":7400", ":65535")).mesh().getPort())
        .isEqualTo(65_535);
  }

  @Test
  void aLinkThatIsTooLongIsRefused() {
    assertRefused(TEXT + "A".repeat(Limits.MAX_LINK_CHARACTERS));
    assertThatThrownBy(() -> InviteLink.parse("A".repeat(Limits.MAX_LINK_CHARACTERS + 1)))
        .hasMessageContaining("longer");
  }

  @Test
  void aNewerVersionIsSaidToBeOne() {
    assertThatThrownBy(() -> InviteLink.parse(text(path().setVersion(2), fragment())))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("newer version");
  }

  @Test
  void everyFieldIsChecked() throws FormatException {
    assertThat(InviteLink.parse(text(path(), fragment()))).isEqualTo(InviteLink.parse(TEXT));
    ByteString wrong = SampleFiles.filled(31, 1);
    assertRefused(text(path().setVersion(0), fragment()));
    assertRefused(text(path().setSpace(wrong), fragment()));
    assertRefused(text(path().setNotary(wrong), fragment()));
    assertRefused(text(path().setNotary(SampleFiles.filled(32, 0)), fragment()));
    assertRefused(text(path().setSignedHead(wrong), fragment()));
    assertRefused(text(path(), fragment().setSecret(wrong)));
    assertRefused(text(
        path(), fragment().setSpaceName("n".repeat(Limits.MAX_SPACE_NAME_CHARACTERS + 1))));
  }

  @Test
  void theLongestNameFits() throws FormatException {
    String name = "\u20ac".repeat(Limits.MAX_SPACE_NAME_CHARACTERS);
    InviteLink parsed = InviteLink.parse(text(path(), fragment().setSpaceName(name)));
    assertThat(parsed.spaceName()).isEqualTo(name);
    String longHost = "wss://" + "h".repeat(63) + ".example.org:65535";
    InviteLink long1 = new InviteLink(
        URI.create(longHost),
        parsed.space(),
        parsed.notary(),
        parsed.head(),
        2,
        parsed.secret(),
        name);
    assertThat(InviteLink.parse(long1.format())).isEqualTo(long1);
  }

  @Test
  void theHeadIsSignedByTheNotaryForThisSpace() {
    SignedTreeHead ofAnotherSpace =
        SampleLinks.head(SampleFiles.genesis(SampleDevice.number(2)).space(), 5);
    assertRefused(text(path().setSignedHead(ofAnotherSpace.byteString()), fragment()));
    ByteString anotherNotary = SampleDevice.number(4).keys().signing().byteString();
    assertRefused(text(path().setNotary(anotherNotary), fragment()));
    byte[] altered = SampleLinks.HEAD.bytes();
    altered[40] ^= 1;
    assertRefused(text(path().setSignedHead(ByteString.copyFrom(altered)), fragment()));
  }

  @Test
  void theInvitationStandsInTheLog() throws FormatException {
    for (long sequence : new long[] {1, 5}) {
      String text = text(path().setInvitationSequence(sequence), fragment());
      assertThat(InviteLink.parse(text).invitationSequence()).isEqualTo(sequence);
    }
    for (long sequence : new long[] {0, 6, -1}) {
      assertRefused(text(path().setInvitationSequence(sequence), fragment()));
    }
  }

  @Test
  void theChecksumCoversPathSecretAndName() {
    assertRefused(text(path(), fragment(), new byte[4]));
    assertRefused(text(path(), fragment(), new byte[0]));
  }

  /** Errors are logged, with all that caused them. */
  @Test
  void noErrorRepeatsTheSecret() {
    String secret = TEXT.substring(TEXT.indexOf('#') + 1);
    for (String broken :
        new String[] {TEXT + " x", TEXT + "%", TEXT + "^", TEXT + "é", TEXT + "?", TEXT + "AAAA"}) {
      assertThatThrownBy(() -> InviteLink.parse(broken))
          .isInstanceOf(FormatException.class)
          .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(secret.substring(4, 12)));
    }
  }

  @Test
  void noLinkIsMadeThatCouldNotBeRead() {
    InviteLink good = SampleLinks.at("ws://localhost:7400");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withSecret(good, SampleFiles.filled(31, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withName(good, "n".repeat(Limits.MAX_SPACE_NAME_CHARACTERS + 1)));
  }

  private static InviteLink withSecret(InviteLink link, ByteString secret) {
    return new InviteLink(
        link.mesh(), link.space(), link.notary(), link.head(), 2, secret, link.spaceName());
  }

  private static InviteLink withName(InviteLink link, String name) {
    return new InviteLink(
        link.mesh(), link.space(), link.notary(), link.head(), 2, link.secret(), name);
  }

  private static LinkPath.Builder path() {
    return LinkPath.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setSpace(SampleLinks.SPACE.byteString())
        .setNotary(SampleLinks.NOTARY.verifyingKey().byteString())
        .setSignedHead(SampleLinks.HEAD.byteString())
        .setInvitationSequence(2);
  }

  private static LinkFragment.Builder fragment() {
    return LinkFragment.newBuilder().setSecret(SampleLinks.SECRET).setSpaceName("household");
  }

  /** With the checksum that the specification gives. */
  private static String text(LinkPath.Builder path, LinkFragment.Builder fragment) {
    byte[] hash = Hash.of(
            "sealift.v1 link\0".getBytes(StandardCharsets.US_ASCII),
            path.build().toByteArray(),
            fragment.getSecret().toByteArray(),
            fragment.getSpaceName().getBytes(StandardCharsets.UTF_8))
        .toByteArray();
    return text(path, fragment, new byte[] {hash[0], hash[1], hash[2], hash[3]});
  }

  private static String text(
      LinkPath.Builder path, LinkFragment.Builder fragment, byte[] checksum) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    LinkFragment sealed = fragment.setChecksum(ByteString.copyFrom(checksum)).build();
    return "http://localhost:7400/join/"
        + base64.encodeToString(path.build().toByteArray())
        + "#"
        + base64.encodeToString(sealed.toByteArray());
  }

  private static String hexOf(String base64) {
    return HexFormat.of().formatHex(Base64.getUrlDecoder().decode(base64));
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> InviteLink.parse(text))
        .as(text)
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("the link is not a Sealift invitation");
  }
}
