package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.NewEpoch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The membership changes that this device makes: its own joining, what it is asked for, and new keys that the space owes to somebody's leaving. One at a time, each as the next link of the chain that is held: one that lost its place
 * to another is made again on top of that. Used by the sync loop's thread; {@link #request} and {@link #abandon} may be called from any.
 */
final class MembershipChanges {
  /** Those who may pay a debt of rotation do it one after the other, so that not all make a key at once. */
  private static final long TURN_MILLIS = 10_000;

  private final SpaceStore store;
  private final SpaceRecords records;
  private final FileMaker maker;
  private final Replica replica;
  private final Queue<MembershipRequest> requests = new ConcurrentLinkedQueue<>();

  /** What a file is made for, or was: until that has its receipt. */
  private @Nullable MembershipRequest current;

  /** The number of the change behind which this device could not pay what the space owes; below 0 for none. */
  private long unpayable = -1;

  MembershipChanges(SpaceStore store, SpaceRecords records, FileMaker maker, Replica replica) {
    this.store = store;
    this.records = records;
    this.maker = maker;
    this.replica = replica;
  }

  /** Asks for a change; it is made as soon as everything before it is sent. */
  void request(MembershipRequest request) {
    requests.add(request);
  }

  /** Fails what was asked for and can no longer be had. */
  void abandon(SealiftException why) {
    MembershipRequest now = current;
    current = null;
    if (now != null) {
      now.done().completeExceptionally(why);
    }
    for (MembershipRequest next = requests.poll(); next != null; next = requests.poll()) {
      next.done().completeExceptionally(why);
    }
  }

  /** A file that is to be sent, and the key that it starts an epoch with. */
  record Made(SignedFile file, Optional<EpochKey> key) {
    static Made without(SignedFile file) {
      return new Made(file, Optional.empty());
    }
  }

  /**
   * The next change that this device has to make.
   *
   * @param place behind everything that was sent
   * @param joins whether it may join: nothing of it waits to be sent
   */
  Optional<Made> next(FileMaker.Place place, boolean joins) throws FormatException {
    Optional<Membership> known = replica.log().membership();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    Membership membership = known.get();
    if (!replica.isMember()) {
      return joins ? join(place, membership) : Optional.empty();
    }
    Optional<Made> asked = asked(place, membership);
    return asked.isPresent() || current != null ? asked : debt(place, membership);
  }

  private Optional<Made> join(FileMaker.Place place, Membership membership) throws FormatException {
    Optional<EpochKey> key = replica.epochKey();
    return key.isPresent() && replica.invitation().isPresent()
        ? Optional.of(Made.without(maker.join(
            place, membership, replica.invitation().get(), member(membership), key.get())))
        : Optional.empty();
  }

  /** That of the invitation, if it is for one. */
  private MemberId member(Membership membership) {
    return membership
        .invitation(replica.invitation().orElseThrow().publicKeys().signing())
        .flatMap(Invitation::member)
        .orElseGet(records::member);
  }

  private Optional<Made> asked(FileMaker.Place place, Membership membership)
      throws FormatException {
    while (true) {
      if (current == null) {
        current = requests.poll();
      }
      MembershipRequest request = current;
      if (request == null) {
        return Optional.empty();
      }
      try {
        if (request instanceof InvitationRequest invitation) {
          return invitation(place, membership, invitation);
        }
        Optional<Made> made = change(place, membership, (ChangeRequest) request);
        if (made.isPresent() || current != null) {
          return made;
        }
      } catch (SealiftException e) {
        current = null;
        replica.later(() -> request.done().completeExceptionally(e));
      }
    }
  }

  private Optional<Made> invitation(
      FileMaker.Place place, Membership membership, InvitationRequest request)
      throws FormatException {
    Optional<EpochKey> key = replica.epochKey();
    Device author = membership.device(self()).orElseThrow();
    Optional<MemberId> member =
        request.isForOwnDevice() ? Optional.of(author.member()) : Optional.empty();
    if (!author.mayInvite(member, request.role())) {
      throw new SealiftException(
          ErrorCode.NOT_ALLOWED,
          request.isForOwnDevice()
              ? "A device invites others of its own member up to its own role."
              : "Only an owner of the space can invite others. Ask the one who invited this device.");
    }
    if (key.isEmpty() || store.isPending(request.after())) {
      return Optional.empty();
    }
    return Optional.of(Made.without(maker.invitation(
        place,
        membership,
        request.keys(),
        member,
        request.role(),
        place.nowMillis() + request.validMillis(),
        request.uses(),
        key.get())));
  }

  /** Empty also when it is so already: then there is no request any more. */
  private Optional<Made> change(FileMaker.Place place, Membership membership, ChangeRequest request)
      throws FormatException {
    Optional<MembershipChange.Builder> change = request.change().of(membership, self());
    if (change.isEmpty()) {
      current = null;
      replica.later(() -> request.done().complete(membership));
      return Optional.empty();
    }
    boolean waits = request.change() instanceof MemberChange.Leaving
        && replica.mayWrite()
        && store.isPending(request.after());
    return waits
        ? Optional.empty()
        : Optional.of(make(place, membership, request.change(), change.get()));
  }

  private Made make(
      FileMaker.Place place,
      Membership membership,
      MemberChange change,
      MembershipChange.Builder builder)
      throws FormatException {
    try {
      if (!change.startsEpoch() || !replica.mayWrite()) {
        return Made.without(maker.change(place, membership, builder));
      }
      EpochKey key = EpochKey.generate(membership.epoch() + 1);
      Optional<EpochKey> before = replica.epochKey();
      NewEpoch.Builder epoch = NewEpoch.newBuilder()
          .setNumber(key.epoch())
          .setCommitment(key.commitment(FileMaker.MAIN))
          .setPrevious(before.map(EpochKey::epoch).orElse(0));
      if (builder.hasRemove()) {
        builder.getRemoveBuilder().setEpoch(epoch);
      } else {
        builder.getStartEpochBuilder().setEpoch(epoch);
      }
      return new Made(maker.newEpoch(place, membership, builder, key, before), Optional.of(key));
    } catch (MembershipException e) {
      throw refused(e);
    }
  }

  private static SealiftException refused(MembershipException e) {
    return switch (e.code()) {
      case REFUSAL_CODE_NOT_A_MEMBER ->
        new SealiftException(
            ErrorCode.NOT_ALLOWED, "This device may not do that: " + e.getMessage() + ".", e);
      case REFUSAL_CODE_LAST_OWNER -> Problems.toException(e.code());
      default ->
        new SealiftException(
            ErrorCode.INVALID_INPUT, "That cannot be done: " + e.getMessage() + ".", e);
    };
  }

  // What the space owes

  private Optional<Made> debt(FileMaker.Place place, Membership membership) throws FormatException {
    if (untilDebtMillis(membership, place.nowMillis()) > 0) {
      return Optional.empty();
    }
    MemberChange rotation = new MemberChange.Rotation();
    try {
      return Optional.of(
          make(place, membership, rotation, rotation.of(membership, self()).orElseThrow()));
    } catch (SealiftException e) {
      unpayable = membership.number(); // it stays to be seen, and somebody else may be able to
      return Optional.empty();
    }
  }

  /**
   * How long until it is this device's turn to start the epoch that the space owes to somebody's leaving; {@code Long.MAX_VALUE} for never.
   */
  long untilDebtMillis(Membership membership, long nowMillis) {
    boolean pays = membership.owesRotation()
        && membership.number() != unpayable
        && replica.mayWrite()
        && replica.epochKey().isPresent();
    if (!pays) {
      return Long.MAX_VALUE;
    }
    List<DeviceId> turns = membership.devices().stream()
        .filter(Device::mayWrite)
        .map(Device::id)
        .sorted(Comparator.comparing(
            device -> Hash.of(membership.last().toByteArray(), device.toByteArray()),
            Hash::compareTo))
        .toList();
    long due = membership.lastLossMillis() + turns.indexOf(self()) * TURN_MILLIS;
    return Math.max(0, due - nowMillis);
  }

  private DeviceId self() {
    return replica.keys().id();
  }

  // Answers

  /** A file of this device stands in the log. */
  void settled(SignedHeader file, long sequence, SignedTreeHead head) {
    MembershipRequest request = current;
    if (request == null || !isFor(file, request)) {
      return;
    }
    current = null;
    if (request instanceof InvitationRequest invitation) {
      OpenedInvitation open = new OpenedInvitation(
          replica.space().orElseThrow(), replica.notary().orElseThrow(), head, sequence);
      replica.later(() -> invitation.opened().complete(open));
    } else if (request instanceof ChangeRequest change) {
      Membership after = after(file, head.head().serverTimeMillis());
      replica.later(() -> change.done().complete(after));
    }
  }

  /** Behind a change that was admitted as the next link, and may not show in the log yet: who leaves is not sent it. */
  private Membership after(SignedHeader file, long serverTimeMillis) {
    Membership held = replica.log().membership().orElseThrow();
    long number = file.header().membership().orElseThrow().getNumber();
    try {
      return held.number() < number ? held.apply(file, serverTimeMillis) : held;
    } catch (MembershipException e) {
      throw new IllegalStateException(
          "a change that was made on top of what is held follows it", e);
    }
  }

  /** A change cannot be had; who asked for it is told. What nobody asked for is not made again behind the same change. */
  void fail(SignedFile file, SealiftException why) {
    MembershipRequest request = current;
    if (request != null && isFor(file.file(), request)) {
      current = null;
      replica.later(() -> request.done().completeExceptionally(why));
    } else {
      unpayable = replica.log().membership().orElseThrow().number();
    }
  }

  /** A change lost its link of the chain to another: it is made again behind that, also when whoever asked for it is not there any more. */
  void again(SignedFile file) {
    if (current == null) {
      file.file()
          .header()
          .membership()
          .flatMap(MemberChange::of)
          .ifPresent(change ->
              requests.add(new ChangeRequest(change, HybridTime.ZERO, new CompletableFuture<>())));
    }
  }

  private static boolean isFor(SignedHeader file, MembershipRequest request) {
    Optional<MembershipChange> change = file.header().membership();
    if (change.isEmpty()) {
      return false;
    }
    if (request instanceof InvitationRequest invitation) {
      return change
          .get()
          .getOpenInvitation()
          .getKeys()
          .equals(invitation.keys().publicKeys().toProto());
    }
    MemberChange asked = ((ChangeRequest) request).change();
    return switch (change.get().getChangeCase()) {
      case REMOVE -> asked instanceof MemberChange.Removal;
      case LEAVE -> asked instanceof MemberChange.Leaving;
      case CHANGE_ROLE -> asked instanceof MemberChange.RoleChange;
      case START_EPOCH -> asked instanceof MemberChange.Rotation;
      default -> false;
    };
  }
}
