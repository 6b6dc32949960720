package dev.sealift.gateway.session;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Put;
import java.util.Optional;

/**
 * What a device that is not yet a member may put first. Only a first look that keeps the rest away from the mesh: whether
 * the file is good, the engine says.
 */
final class FirstFile {
  private FirstFile() {}

  /** The space's own genesis file comes first. */
  static boolean isGenesis(Put put, Peer peer) {
    return header(put)
        .filter(file -> file.header().isGenesis() && file.space().equals(peer.space()))
        .isPresent();
  }

  /** This device's Join by the invitation it connected with comes first. */
  static boolean isJoin(Put put, Peer peer) {
    return header(put)
        .filter(file -> file.header().device().equals(peer.device()))
        .flatMap(file -> file.header().membership())
        .filter(MembershipChange::hasJoin)
        .filter(change -> change.getJoin().getInvitation().equals(peer.invitation()))
        .isPresent();
  }

  private static Optional<SignedHeader> header(Put put) {
    if (put.getFilesCount() == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(SignedHeader.parse(put.getFiles(0).getSignedHeader()));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
