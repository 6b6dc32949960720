package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.link.InviteLink;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a recovery space holds: for each space of its member a link by which another device of hers comes into it.
 *
 * <pre>
 * table spaces       key: the space's id, in hexadecimal
 *   link             an invitation for devices of the member, with the head of then
 * </pre>
 */
final class RecoveryLinks {
  private static final String TABLE = "spaces";
  private static final String LINK = "link";
  private static final Schema SCHEMA = Schema.of(Schema.table(TABLE, "space").text(LINK));

  /** A restoring that breaks off may take one without any use, and then nothing but the paper is left. */
  private static final int USES = 16;

  /** With fewer left a new link is made. */
  private static final int ENOUGH_USES = 8;

  private static final int MOST_SPACES = 10_000;

  private final Space recovery;

  RecoveryLinks(Space recovery) {
    this.recovery = recovery;
    recovery.declare(SCHEMA);
  }

  /** All that can be read, in the order of their names. */
  List<InviteLink> all() {
    List<InviteLink> links = new ArrayList<>();
    for (Row row : recovery.table(TABLE).page("", MOST_SPACES).values()) {
      row.text(LINK).flatMap(RecoveryLinks::parse).ifPresent(links::add);
    }
    links.sort(java.util.Comparator.comparing(InviteLink::spaceName));
    return links;
  }

  private static Optional<InviteLink> parse(String link) {
    try {
      return Optional.of(InviteLink.parse(link));
    } catch (FormatException e) {
      return Optional.empty(); // of a newer version, or nonsense: as good as none
    }
  }

  private Optional<InviteLink> of(String spaceId) {
    return recovery
        .table(TABLE)
        .get(spaceId)
        .flatMap(row -> row.text(LINK))
        .flatMap(RecoveryLinks::parse);
  }

  private static String invitationId(InviteLink link) {
    return InvitationKeys.derive(link.secret().toByteArray())
        .publicKeys()
        .signing()
        .toString();
  }

  /** Whether a space's link is good, as far as this device knows. */
  boolean covers(Space space) {
    Optional<Members> members = space.members();
    return members.isPresent()
        && self(members.get())
            .filter(self -> hasGoodLink(space, members.get(), self))
            .isPresent();
  }

  private boolean hasGoodLink(Space space, Members members, Members.Device self) {
    Optional<String> id = space.status().space().flatMap(this::of).map(RecoveryLinks::invitationId);
    return id.isPresent()
        && members.invitations().stream()
            .filter(open -> open.id().equals(id.get()))
            .anyMatch(
                open -> open.usesLeft() >= ENOUGH_USES && open.role().compareTo(self.role()) >= 0);
  }

  private static Optional<Members.Device> self(Members members) {
    return members.devices().stream().filter(Members.Device::isThis).findFirst();
  }

  /**
   * Makes a link for a space that is up to date, if it has no good one.
   *
   * @return whether one was made
   * @throws SealiftException {@code NOT_A_MEMBER}; and as {@link Space#invite}
   */
  boolean cover(Space space) {
    Members.Device self = space
        .members()
        .flatMap(RecoveryLinks::self)
        .orElseThrow(() -> new SealiftException(
            ErrorCode.NOT_A_MEMBER,
            "This device is not in the space any more, so nothing can be restored of it."));
    if (covers(space)) {
      return false;
    }
    byte[] secret = new byte[InvitationKeys.SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    InviteLink link = space.invite(Invitation.ofPaperKey(self.role(), USES), secret);
    recovery.table(TABLE).put(link.space().toString(), Row.of(LINK, link.format()));
    return true;
  }

  /**
   * Withdraws whatever lets devices of this member into a space, but by links of another paper key. An owner withdraws what any device has opened, others what this one has.
   *
   * @throws SealiftException {@code NOT_ALLOWED} when something stays that this device may not withdraw; and as {@link Space#remove}
   */
  static void withdrawAll(Space space, RecoveryLinks but) {
    Members members = space.members().orElseThrow();
    Optional<Members.Device> self = self(members);
    if (self.isEmpty()) {
      return; // with a member's last device her invitations are over
    }
    Set<String> kept =
        but.all().stream().map(RecoveryLinks::invitationId).collect(Collectors.toSet());
    List<Members.OpenInvitation> old = members.invitations().stream()
        .filter(open -> open.member().equals(Optional.of(self.get().member())))
        .filter(open -> !kept.contains(open.id()))
        .toList();
    String[] mine = old.stream()
        .filter(open -> self.get().role() == MemberRole.OWNER
            || open.opener().equals(self.get().id()))
        .map(Members.OpenInvitation::id)
        .toArray(String[]::new);
    if (mine.length > 0) {
      var unused = space.remove(Removal.of(mine).keepInvitations());
    }
    if (mine.length < old.size()) {
      throw new SealiftException(
          ErrorCode.NOT_ALLOWED,
          "A link of the old paper key was made by another device of yours, which alone may withdraw it: do the same there.");
    }
  }
}
