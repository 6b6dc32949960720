package dev.sealift.protocol.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.LinkFragment;
import dev.sealift.protocol.proto.LinkPath;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * An invitation as one link: {@code http(s)://host:port/join/PATH#FRAGMENT}. The path says where the mesh is, which space,
 * whose notary and from which log head to start; the secret stands in the fragment, which no client sends to a server.
 *
 * @param mesh {@code ws://host:port} or {@code wss://host:port}
 * @param head signed by the notary; the joining device takes no older log
 * @param invitationSequence where in the log the invitation stands, and with it the epoch key sealed to it
 * @param secret 32 bytes; see {@link InvitationKeys}
 * @param spaceName what the inviter calls the space
 */
public record InviteLink(
    URI mesh,
    SpaceId space,
    VerifyingKey notary,
    SignedTreeHead head,
    long invitationSequence,
    ByteString secret,
    String spaceName) {
  private static final String JOIN = "/join/";
  private static final byte[] CHECKSUM_CONTEXT =
      "sealift.v1 link\0".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKSUM_BYTES = 4;
  private static final int MAX_NAME_CHARACTERS = 200;

  /** The link, to be handed to whoever is to join, over a channel that others cannot read. */
  public String format() {
    ByteString path = LinkPath.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setSpace(space.byteString())
        .setNotary(notary.byteString())
        .setSignedHead(head.byteString())
        .setInvitationSequence(invitationSequence)
        .build()
        .toByteString();
    ByteString fragment = LinkFragment.newBuilder()
        .setSecret(secret)
        .setSpaceName(spaceName)
        .setChecksum(checksum(path, secret, spaceName))
        .build()
        .toByteString();
    String scheme = "wss".equals(mesh.getScheme()) ? "https" : "http";
    return scheme + "://" + mesh.getRawAuthority() + JOIN + encode(path) + "#" + encode(fragment);
  }

  /**
   * Reads a link that somebody typed, pasted or scanned. White space around it is ignored.
   *
   * @throws FormatException when it is cut short, altered or no Sealift link at all
   */
  public static InviteLink parse(String text) throws FormatException {
    String trimmed = text.strip();
    check(trimmed.length() <= Limits.MAX_LINK_CHARACTERS, "it is longer than any invitation link");
    URI uri = uri(trimmed);
    check(
        uri.getRawPath() != null && uri.getRawPath().startsWith(JOIN),
        "its path does not start with /join/");
    check(uri.getRawFragment() != null, "the part after # is missing, and with it the secret");
    ByteString pathBytes = decode(uri.getRawPath().substring(JOIN.length()));
    try {
      LinkPath path = LinkPath.parseFrom(pathBytes);
      LinkFragment fragment = LinkFragment.parseFrom(decode(uri.getRawFragment()));
      check(
          path.getVersion() == Limits.PROTOCOL_VERSION,
          "it was made by a newer version of Sealift");
      check(
          fragment
              .getChecksum()
              .equals(checksum(pathBytes, fragment.getSecret(), fragment.getSpaceName())),
          "its checksum is wrong: it was cut short or altered on the way");
      check(
          fragment.getSecret().size() == InvitationKeys.SECRET_BYTES,
          "its secret is not 32 bytes long");
      check(fragment.getSpaceName().length() <= MAX_NAME_CHARACTERS, "its space name is too long");
      InviteLink link = new InviteLink(
          mesh(uri),
          SpaceId.parse(path.getSpace()),
          VerifyingKey.parse(path.getNotary()),
          SignedTreeHead.parse(path.getSignedHead()),
          path.getInvitationSequence(),
          fragment.getSecret(),
          fragment.getSpaceName());
      check(
          link.head().verify(link.notary()),
          "its log head is not signed by the notary that it names");
      check(link.head().head().space().equals(link.space()), "its log head is of another space");
      check(
          link.invitationSequence() >= 1
              && link.invitationSequence() <= link.head().head().size(),
          "its invitation does not stand in the log");
      return link;
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException(
          "the link is not a Sealift invitation: its contents cannot be read", e);
    }
  }

  private static URI uri(String text) throws FormatException {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new FormatException("the link is not a Sealift invitation: it is no URL", e);
    }
  }

  private static URI mesh(URI link) throws FormatException {
    String scheme = link.getScheme() == null ? "" : link.getScheme().toLowerCase(Locale.ROOT);
    check(
        scheme.equals("http") || scheme.equals("https"),
        "it does not start with http:// or https://");
    check(link.getHost() != null && link.getRawUserInfo() == null, "it names no host");
    String port = link.getPort() < 0 ? "" : ":" + link.getPort();
    return URI.create((scheme.equals("https") ? "wss://" : "ws://") + link.getHost() + port);
  }

  private static ByteString checksum(ByteString path, ByteString secret, String spaceName) {
    Hash hash = Hash.of(
        CHECKSUM_CONTEXT,
        path.toByteArray(),
        secret.toByteArray(),
        spaceName.getBytes(StandardCharsets.UTF_8));
    return hash.byteString().substring(0, CHECKSUM_BYTES);
  }

  private static String encode(ByteString bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static ByteString decode(String text) throws FormatException {
    try {
      return ByteString.copyFrom(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new FormatException("the link is not a Sealift invitation: it is not base64url", e);
    }
  }

  private static void check(boolean holds, String otherwise) throws FormatException {
    if (!holds) {
      throw new FormatException("the link is not a Sealift invitation: " + otherwise);
    }
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "invitation to space " + space;
  }
}
