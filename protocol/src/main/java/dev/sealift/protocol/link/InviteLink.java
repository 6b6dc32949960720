package dev.sealift.protocol.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
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
  private static final int HIGHEST_PORT = 65_535;

  /**
   * @throws IllegalArgumentException when the secret or the name has a length that no reader takes
   */
  public InviteLink {
    if (secret.size() != InvitationKeys.SECRET_BYTES) {
      throw new IllegalArgumentException("an invitation's secret is 32 bytes long");
    }
    if (spaceName.length() > Limits.MAX_SPACE_NAME_CHARACTERS) {
      throw new IllegalArgumentException("the space's name is too long for a link");
    }
  }

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
   * @throws FormatException when it is cut short, altered or no Sealift link at all; neither its message nor its causes
   *     repeat any of the link, because the secret is in it
   */
  public static InviteLink parse(String text) throws FormatException {
    try {
      return read(text.strip());
    } catch (InvalidProtocolBufferException e) {
      throw foreign("its contents cannot be read");
    } catch (FormatException e) {
      throw foreign(e.getMessage());
    }
  }

  private static InviteLink read(String text)
      throws FormatException, InvalidProtocolBufferException {
    check(text.length() <= Limits.MAX_LINK_CHARACTERS, "it is longer than any invitation link");
    URI uri = uri(text);
    String rawPath = uri.getRawPath();
    check(rawPath != null && rawPath.startsWith(JOIN), "its path does not start with /join/");
    check(uri.getRawQuery() == null, "a query is no part of it");
    check(uri.getRawFragment() != null, "the part after # is missing, and with it the secret");
    ByteString pathBytes = decode(rawPath.substring(JOIN.length()));
    LinkPath path = LinkPath.parseFrom(pathBytes);
    LinkFragment fragment = LinkFragment.parseFrom(decode(uri.getRawFragment()));
    check(
        Integer.compareUnsigned(path.getVersion(), Limits.PROTOCOL_VERSION) <= 0,
        "it was made by a newer version of Sealift");
    check(
        path.getVersion() == Limits.PROTOCOL_VERSION
            && fragment
                .getChecksum()
                .equals(checksum(pathBytes, fragment.getSecret(), fragment.getSpaceName())),
        "its checksum is wrong: it was cut short or altered on the way");
    check(
        fragment.getSecret().size() == InvitationKeys.SECRET_BYTES,
        "its secret is not 32 bytes long");
    check(
        fragment.getSpaceName().length() <= Limits.MAX_SPACE_NAME_CHARACTERS,
        "its space name is too long");
    InviteLink link = new InviteLink(
        mesh(uri),
        SpaceId.parse(path.getSpace()),
        VerifyingKey.parse(path.getNotary()),
        SignedTreeHead.parse(path.getSignedHead()),
        path.getInvitationSequence(),
        fragment.getSecret(),
        fragment.getSpaceName());
    checkHead(link);
    return link;
  }

  private static void checkHead(InviteLink link) throws FormatException {
    TreeHead head = link.head().head();
    check(link.head().verify(link.notary()), "its log head is not signed by the notary it names");
    check(head.space().equals(link.space()), "its log head is of another space");
    check(
        link.invitationSequence() >= 1 && link.invitationSequence() <= head.size(),
        "its invitation does not stand in the log");
  }

  private static URI uri(String text) throws FormatException {
    try {
      return new URI(text);
    } catch (URISyntaxException repeatsTheLink) {
      throw new FormatException("it is no URL");
    }
  }

  private static URI mesh(URI link) throws FormatException {
    String scheme = link.getScheme() == null ? "" : link.getScheme().toLowerCase(Locale.ROOT);
    check(
        scheme.equals("http") || scheme.equals("https"),
        "it does not start with http:// or https://");
    check(link.getHost() != null && link.getRawUserInfo() == null, "it names no host");
    check(link.getPort() != 0 && link.getPort() <= HIGHEST_PORT, "its port is none");
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

  /** Takes the one way to write these bytes: a decoder lets padding and loose bits at the end pass. */
  private static ByteString decode(String text) throws FormatException {
    try {
      ByteString bytes = ByteString.copyFrom(Base64.getUrlDecoder().decode(text));
      check(encode(bytes).equals(text), "it was altered on the way");
      return bytes;
    } catch (IllegalArgumentException repeatsACharacter) {
      throw new FormatException("it is not base64url");
    }
  }

  private static void check(boolean holds, String otherwise) throws FormatException {
    if (!holds) {
      throw new FormatException(otherwise);
    }
  }

  private static FormatException foreign(String why) {
    return new FormatException("the link is not a Sealift invitation: " + why);
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "invitation to space " + space;
  }
}
