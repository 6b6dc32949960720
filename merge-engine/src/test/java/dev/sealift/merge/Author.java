package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Rules;
import dev.sealift.protocol.proto.Seen;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** A device that makes files: good ones, and, with a twist, any other. Its keys follow from its name. */
final class Author {
  static final long START_MILLIS = 1_700_000_000_000L;

  private static final ByteString SEALED = ByteString.copyFromUtf8("sealed");

  private final SigningKey key;
  private final DevicePublicKeys keys;
  private final MemberId member;
  private long counter;
  private Optional<Upload> last = Optional.empty();

  Author(String name) {
    try {
      this.key =
          SigningKey.fromSeed(Hash.of(name.getBytes(StandardCharsets.UTF_8)).toByteArray());
      ByteString hpke =
          Hash.of(("hpke " + name).getBytes(StandardCharsets.UTF_8)).byteString();
      this.keys = new DevicePublicKeys(key.verifyingKey(), hpke);
      this.member = MemberId.parse(hpke.substring(0, 16));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  DeviceId id() {
    return keys.id();
  }

  DevicePublicKeys keys() {
    return keys;
  }

  SigningKey key() {
    return key;
  }

  long counter() {
    return counter;
  }

  /** The next file of this author's chain, and the chain goes on from it. */
  Upload next(SpaceId space, Consumer<HeaderBody.Builder> twist) {
    return next(space, twist, SEALED);
  }

  Upload next(SpaceId space, Consumer<HeaderBody.Builder> twist, ByteString payload) {
    Upload upload = draft(space, twist, payload);
    goOnFrom(upload);
    return upload;
  }

  /** That draft was admitted. */
  void goOnFrom(Upload upload) {
    counter = upload.header().header().counter();
    last = Optional.of(upload);
  }

  /** The last file of the chain. */
  Upload last() {
    return last.orElseThrow();
  }

  /** A twist: the file builds on these. */
  static Consumer<HeaderBody.Builder> buildingOn(Upload... others) {
    return body -> {
      for (Upload other : others) {
        body.addBuildsOn(Dot.newBuilder()
            .setDevice(other.header().header().device().byteString())
            .setCounter(other.header().header().counter())
            .setFile(other.header().id().byteString()));
      }
    };
  }

  Upload next(SpaceId space) {
    return next(space, body -> {});
  }

  /** A file that would be the next one, without going on from it. */
  Upload draft(SpaceId space, Consumer<HeaderBody.Builder> twist) {
    return draft(space, twist, SEALED);
  }

  Upload draft(SpaceId space, Consumer<HeaderBody.Builder> twist, ByteString payload) {
    HeaderBody.Builder body =
        blank().setKind(FileKind.FILE_KIND_EVENTS).setSpace(space.byteString());
    twist.accept(body);
    return sign(body, key, payload);
  }

  Upload draft(SpaceId space) {
    return draft(space, body -> {});
  }

  private HeaderBody.Builder blank() {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(1)
        .setDevice(id().byteString())
        .setCounter(counter + 1)
        .setHybridTime(HybridTime.of(START_MILLIS, 0).bits())
        .setCollection(ByteString.copyFrom(new byte[16]))
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(CompactTree.EMPTY_ROOT.byteString()))
        .setSalt(ByteString.copyFrom(new byte[32]));
    last.ifPresent(file -> body.setPrevious(file.header().id().byteString()));
    return body;
  }

  static Upload sign(HeaderBody.Builder body, SigningKey key) {
    return sign(body, key, SEALED);
  }

  static Upload sign(HeaderBody.Builder body, SigningKey key, ByteString payload) {
    try {
      return new Upload(SignedHeader.sign(body.build(), payload.toByteArray(), key), payload);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** Founds a space. */
  Upload genesis(VerifyingKey notary) {
    return genesis(notary, SpaceRules.defaults().toProto(), body -> {});
  }

  Upload genesis(VerifyingKey notary, Rules rules, Consumer<HeaderBody.Builder> twist) {
    Genesis genesis = Genesis.newBuilder()
        .setFounder(keys.toProto())
        .setMember(member.byteString())
        .setNotary(notary.byteString())
        .setRules(rules)
        .setEpochCommitment(ByteString.copyFrom(new byte[32]))
        .build();
    HeaderBody.Builder body = blank()
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setMembership(MembershipChange.newBuilder().setGenesis(genesis));
    twist.accept(body);
    Upload upload = sign(body, key);
    counter = 1;
    last = Optional.of(upload);
    return upload;
  }

  static OpenInvitation invitation(Author invitation, Role role, long expiresAtMillis, int uses) {
    return OpenInvitation.newBuilder()
        .setKeys(invitation.keys.toProto())
        .setRole(role)
        .setExpiresAtMillis(expiresAtMillis)
        .setUses(uses)
        .build();
  }

  static Consumer<HeaderBody.Builder> change(MembershipChange.Builder change) {
    return body -> body.setKind(FileKind.FILE_KIND_MEMBERSHIP).setMembership(change);
  }

  Upload invite(SpaceId space, MembershipChange.Builder link, OpenInvitation invitation) {
    return next(space, change(link.setOpenInvitation(invitation)));
  }

  Upload join(SpaceId space, MembershipChange.Builder link, Author invitation) {
    return next(space, change(link.setJoin(joinOf(space, invitation))));
  }

  Join joinOf(SpaceId space, Author invitation) {
    return Join.newBuilder()
        .setDevice(keys.toProto())
        .setInvitation(invitation.key.verifyingKey().byteString())
        .setInvitationSignature(
            ByteString.copyFrom(JoinSignature.sign(invitation.key, space, keys, member)))
        .setMember(member.byteString())
        .build();
  }

  /** The link of the membership chain after {@code before}. */
  static MembershipChange.Builder link(long number, FileId before) {
    return MembershipChange.newBuilder().setNumber(number).setPrevious(before.byteString());
  }

  /** As though it was sealed under the key of a later epoch. */
  static HeaderBody.Builder inEpoch(HeaderBody.Builder body, int epoch) {
    return body.setEpoch(epoch).setKeyId(ByteString.copyFrom(new byte[16]));
  }
}
