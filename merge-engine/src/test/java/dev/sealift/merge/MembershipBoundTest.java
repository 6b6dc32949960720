package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.DeviceKeys;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one space's membership can cost an engine that loads it. */
class MembershipBoundTest {
  private static final int PADDING_FIELD = 100;

  private final Author owner = new Author("owner");
  private final Upload genesis = owner.genesis(CoreHarness.NOTARY.verifyingKey());
  private final HouseRules rules = new HouseRules(SpacePolicy.unbounded(), CoreHarness.NOTARY);
  private Membership membership = founded();
  private long membershipBytes;
  private int keys;

  private Membership founded() {
    try {
      return Membership.found(genesis.header());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private MembershipChange.Builder link() {
    return Author.link(membership.number() + 1, membership.last());
  }

  /** Of keys that are nobody's, and cost nothing to make. */
  private MembershipChange.Builder invitation() {
    ByteString key =
        ByteString.copyFrom(ByteBuffer.allocate(32).putInt(++keys).putInt(7).array());
    return link()
        .setOpenInvitation(OpenInvitation.newBuilder()
            .setKeys(DeviceKeys.newBuilder().setSigning(key).setHpke(key))
            .setRole(Role.ROLE_WRITER)
            .setExpiresAtMillis(1)
            .setUses(1));
  }

  private Upload upload(MembershipChange.Builder change) {
    return owner.draft(genesis.header().space(), Author.change(change));
  }

  private Optional<RefusalCode> refusal(Upload upload) {
    try {
      rules.room(upload.header(), Candidate.of(upload.admitFile()), view(), Optional.empty());
      return Optional.empty();
    } catch (Refused refused) {
      return Optional.of(refused.refusal().getCode());
    }
  }

  private SpaceView view() {
    return new SpaceView() {
      @Override
      public long size() {
        return membership.number() + 1;
      }

      @Override
      public Optional<Membership> membership() {
        return Optional.of(membership);
      }

      @Override
      public ChainHead chainHead(DeviceId device) {
        return ChainHead.NONE;
      }

      @Override
      public long lastServerTimeMillis() {
        return 1;
      }

      @Override
      public Restorations restorations() {
        return Restorations.NONE;
      }

      @Override
      public long storedBytes() {
        return 0;
      }

      @Override
      public long membershipBytes() {
        return membershipBytes;
      }

      @Override
      public Optional<AdmissionToken> token() {
        return Optional.empty();
      }
    };
  }

  @Test
  void aSpaceGrowsToABoundAndKeepsRoomForWhatElseItsMembersMustDo() throws Exception {
    while (membership.number() + 1 < HouseRules.MAX_CHANGES - HouseRules.RESERVE_CHANGES - 1) {
      membership = membership.apply(upload(invitation()).header(), 1);
    }
    Upload last = upload(invitation());
    assertThat(refusal(last)).isEmpty();
    membership = membership.apply(last.header(), 1);
    assertThat(refusal(upload(invitation()))).contains(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    assertThat(refusal(upload(link()))).as("a change of another kind").isEmpty();
  }

  @Test
  void whatALoadBringsIsBoundedInBytesToo() {
    Upload grows = upload(invitation());
    Upload other = upload(link());
    long growing = HouseRules.MAX_MEMBERSHIP_BYTES - HouseRules.RESERVE_MEMBERSHIP_BYTES;

    membershipBytes = growing - grows.header().byteString().size();
    assertThat(refusal(grows)).isEmpty();
    membershipBytes++;
    assertThat(refusal(grows)).contains(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    assertThat(refusal(other)).as("a change of another kind").isEmpty();
    membershipBytes =
        HouseRules.MAX_MEMBERSHIP_BYTES - other.header().byteString().size();
    assertThat(refusal(other)).isEmpty();
    membershipBytes++;
    assertThat(refusal(other)).contains(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
  }

  @Test
  void asManyInvitationsAndJoinsAsThereMayBeHaveRoom() {
    World world = new World();
    world.member("guest", Role.ROLE_WRITER);
    List<CommitFile> pair = world.log().subList(1, 3);
    long bytes = pair.stream().mapToLong(file -> file.getSignedHeader().size()).sum();

    assertThat(bytes / 2 * HouseRules.MAX_CHANGES)
        .isLessThanOrEqualTo(HouseRules.MAX_MEMBERSHIP_BYTES);
  }

  @Test
  void theBytesOfChangesAreCountedAlikeByALoadAndByCommits() {
    World world = new World();
    world.member("guest", Role.ROLE_WRITER);
    World.receiptOf(world.core.admit(world.space, world.owner, world.owner.next(world.space)));
    long bytes = world.log().subList(0, 3).stream()
        .mapToLong(file -> file.getSignedHeader().size())
        .sum();

    assertThat(load(world).membershipBytes()).isEqualTo(bytes);
    SpaceState grown = load(world);
    Draft draft = Draft.on(grown);
    Upload change = world.owner.draft(world.space, Author.change(world.link()));
    draft.append(
        change.header(), StagedPayload.getDefaultInstance(), membership, 1, 0, Bearing.NONE);
    grown.absorb(draft);
    assertThat(grown.membershipBytes())
        .isEqualTo(bytes + change.header().byteString().size());
  }

  @Test
  void aHeaderOfAChangeIsNoPlaceToKeepThings() {
    int plain = upload(invitation()).header().byteString().size();
    int room = HouseRules.MAX_CHANGE_BYTES - plain - 8;
    assertThat(refusal(padded(room))).isEmpty();
    assertThat(refusal(padded(room + 16))).contains(RefusalCode.REFUSAL_CODE_MALFORMED);
  }

  private Upload padded(int bytes) {
    UnknownFieldSet padding = UnknownFieldSet.newBuilder()
        .addField(
            PADDING_FIELD,
            UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFrom(new byte[bytes]))
                .build())
        .build();
    return upload(invitation().setUnknownFields(padding));
  }

  @Test
  void invitationsCountForTheMemoryThatASpaceTakes() {
    World world = new World();
    int before = weight(world);
    world.invite("guest", Role.ROLE_WRITER, 1);
    assertThat(weight(world)).isEqualTo(before + 1);
  }

  private static int weight(World world) {
    return load(world).weight();
  }

  private static SpaceState load(World world) {
    CoreHarness fresh = new CoreHarness(world.core.store, EngineLimits.DEFAULT);
    try {
      return LoadedSpace.read(
          world.space,
          fresh.store.load(world.space.byteString()),
          CoreHarness.NOTARY.verifyingKey());
    } catch (DistrustException e) {
      throw new AssertionError(e);
    }
  }
}
