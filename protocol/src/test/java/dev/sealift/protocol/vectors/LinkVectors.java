package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.filled;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.LinkFragment;
import dev.sealift.protocol.proto.LinkPath;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

final class LinkVectors extends VectorFile {
  private static final String ADDRESS = "http://localhost:7400";
  private static final SpaceId SPACE =
      SampleFiles.genesis(SampleDevice.number(1)).space();
  private static final ByteString SECRET = filled(32, 0x5e);

  LinkVectors() {
    super("links", "Section 8: invitation links, made and read.");
  }

  @Override
  protected void cases(Cases to) throws FormatException {
    for (String mesh : List.of(
        "ws://localhost:7400",
        "wss://mesh.example.org",
        "wss://mesh.example.org:8443",
        "ws://192.0.2.7:80",
        "wss://[2001:db8::7]")) {
      to.add("make: " + mesh, make(mesh, "household"));
    }
    to.add("make: a name beyond ASCII", make("wss://mesh.example.org", "Köln 🌊 東京"));
    to.add("make: no name", make("wss://mesh.example.org", ""));
    String good = link(path(), fragment());
    to.add("read: the link of section 20", read(good));
    to.add("read: white space around it", read(" \t" + good + "\r\n"));
    to.add("read: a scheme in capitals", read(good.replace("http", "HTTP")));
    to.add("read: the highest port", read(good.replace(":7400", ":65535")));
    to.add("read: the longest name", read(link(path(), fragment().setSpaceName("€".repeat(200)))));
    addresses(to, good);
    texts(to, good);
    fields(to);
  }

  private static void addresses(Cases to, String good) {
    for (String address : List.of(
        "ftp://localhost:7400",
        "ws://localhost:7400",
        "http://someone@localhost:7400",
        "http://localhost:0",
        "http://localhost:65536",
        "http://:7400",
        "http:",
        "")) {
      to.add("malformed: the address " + address, read(good.replace(ADDRESS, address)));
    }
  }

  private static void texts(Cases to, String good) {
    to.add("malformed: a query", read(good.replace("#", "?a=b#")));
    to.add("malformed: another path", read(good.replace("/join/", "/jion/")));
    to.add("malformed: no fragment", read(good.substring(0, good.indexOf('#'))));
    to.add("malformed: the last character is gone", read(good.substring(0, good.length() - 1)));
    to.add("malformed: padding behind the path", read(good.replace("#", "=#")));
    to.add("malformed: a character that is not base64url", read(good.replace("#", "+#")));
    to.add(
        "malformed: spare bits that are not zero",
        "The path ends in I, 001000, of which four bits are data; J has the same four.",
        read(good.replace("KAI#", "KAJ#")));
    to.add("malformed: 2,049 characters", read("http://" + "a".repeat(2_042)));
    to.add("malformed: empty", read(""));
  }

  private static void fields(Cases to) throws FormatException {
    newer(to, "version 2", path().setVersion(2), fragment());
    bad(to, "no version", path().clearVersion(), fragment());
    bad(to, "a space of 31 bytes", path().setSpace(filled(31, 1)), fragment());
    bad(to, "a notary of small order", path().setNotary(filled(32, 0)), fragment());
    bad(to, "a head of 148 bytes", path().setSignedHead(filled(148, 1)), fragment());
    bad(
        to,
        "a head by another notary",
        path().setNotary(SampleDevice.number(4).keys().signing().byteString()),
        fragment());
    SpaceId other = SampleFiles.genesis(SampleDevice.number(2)).space();
    bad(to, "a head of another space", path().setSignedHead(head(other)), fragment());
    bad(to, "the invitation at sequence 0", path().clearInvitationSequence(), fragment());
    bad(to, "the invitation beyond the head", path().setInvitationSequence(6), fragment());
    bad(to, "a secret of 31 bytes", path(), fragment().setSecret(filled(31, 1)));
    bad(to, "a name of 201 characters", path(), fragment().setSpaceName("n".repeat(201)));
    LinkFragment wrong = fragment().setChecksum(filled(4, 0)).build();
    to.add(
        "malformed: a wrong checksum",
        read(ADDRESS + "/join/" + base64(path().build().toByteString()) + "#"
            + base64(wrong.toByteString())));
  }

  private static void bad(
      Cases to, String what, LinkPath.Builder path, LinkFragment.Builder fragment) {
    to.add("malformed: " + what, read(link(path, fragment)));
  }

  private static void newer(
      Cases to, String what, LinkPath.Builder path, LinkFragment.Builder fragment) {
    to.add("newer: " + what, read(link(path, fragment)));
  }

  private static Json make(String mesh, String spaceName) throws FormatException {
    return Json.of("kind", "make")
        .text("mesh", mesh)
        .text("space", SPACE.toString())
        .hex("notary", SampleFiles.NOTARY.byteString())
        .hex("signed_head", head(SPACE))
        .u64("invitation_sequence", 2)
        .hex("secret", SECRET)
        .text("space_name", spaceName);
  }

  private static Json read(String link) {
    return Json.of("kind", "read").text("link", link);
  }

  private static LinkPath.Builder path() throws FormatException {
    return LinkPath.newBuilder()
        .setVersion(1)
        .setSpace(SPACE.byteString())
        .setNotary(SampleFiles.NOTARY.byteString())
        .setSignedHead(head(SPACE))
        .setInvitationSequence(2);
  }

  private static LinkFragment.Builder fragment() {
    return LinkFragment.newBuilder().setSecret(SECRET).setSpaceName("household");
  }

  private static ByteString head(SpaceId space) throws FormatException {
    Hash root = Hash.wrap(SampleDevice.filled(Hash.BYTES, 0x22));
    TreeHead head = new TreeHead(space, 0, 5, root, SampleFiles.NEW_YEAR_MILLIS);
    return SignedTreeHead.sign(head, SampleFiles.NOTARY_KEY).byteString();
  }

  private static String link(LinkPath.Builder path, LinkFragment.Builder fragment) {
    ByteString pathBytes = path.build().toByteString();
    byte[] hash = Hash.of(
            "sealift.v1 link\0".getBytes(StandardCharsets.US_ASCII),
            pathBytes.toByteArray(),
            fragment.getSecret().toByteArray(),
            fragment.getSpaceName().getBytes(StandardCharsets.UTF_8))
        .toByteArray();
    LinkFragment checked =
        fragment.clone().setChecksum(ByteString.copyFrom(hash, 0, 4)).build();
    return ADDRESS + "/join/" + base64(pathBytes) + "#" + base64(checked.toByteString());
  }

  private static String base64(ByteString bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "make" -> made(in);
      case "read" -> fields(parsed(in.text("link")));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  /** A link of a newer version says so in its message alone, which is for people. */
  private static InviteLink parsed(String link) throws FormatException {
    try {
      return InviteLink.parse(link);
    } catch (FormatException e) {
      throw e.getMessage().contains("newer version") ? new NewerFormatException("link") : e;
    }
  }

  private static Json made(Inputs in) throws FormatException {
    if (!in.text("mesh").matches("wss?://.*")) {
      throw new BadVectorException("not the address of a mesh");
    }
    InviteLink link = new InviteLink(
        URI.create(in.text("mesh")),
        SpaceId.of(in.hex("space")),
        VerifyingKey.of(in.hex("notary")),
        SignedTreeHead.parse(in.hex("signed_head")),
        in.u64("invitation_sequence"),
        in.bytes("secret"),
        in.text("space_name"));
    return Json.of("link", link.format());
  }

  private static Json fields(InviteLink link) {
    return Json.of("mesh", link.mesh().toString())
        .text("space", link.space().toString())
        .hex("notary", link.notary().byteString())
        .hex("signed_head", link.head().bytes())
        .u64("invitation_sequence", link.invitationSequence())
        .hex("secret", link.secret())
        .text("space_name", link.spaceName());
  }
}
