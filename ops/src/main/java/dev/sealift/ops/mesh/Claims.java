package dev.sealift.ops.mesh;

import dev.sealift.protocol.mesh.MeshVersions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a member of a mesh claims, as far as it must go together with what the others claim.
 *
 * @param spoken the versions of messages that it understands
 * @param notary the public key that it signs or proves itself with
 */
record Claims(MeshVersions spoken, Optional<String> notary, Store store) {
  /** Storage-adapters of one database are one store; an embedded one is always another. */
  enum Store {
    NONE,
    SHARED,
    EMBEDDED;

    private boolean isAnotherThan(Store other) {
      return this != NONE && other != NONE && (this == EMBEDDED || other == EMBEDDED);
    }
  }

  /**
   * Why a member that claims this may not serve beside those that came before it, if so. Those among them that may not
   * serve themselves do not count.
   *
   * @param older the oldest first
   */
  Optional<MeshStartException> refusal(List<Claims> older) {
    List<Claims> serving = new ArrayList<>();
    for (Claims member : older) {
      if (member.beside(serving).isEmpty()) {
        serving.add(member);
      }
    }
    return beside(serving);
  }

  private Optional<MeshStartException> beside(List<Claims> serving) {
    List<MeshVersions> versions = new ArrayList<>(List.of(spoken));
    serving.forEach(member -> versions.add(member.spoken));
    if (MeshVersions.common(versions).isEmpty()) {
      return Optional.of(new MeshStartException(
          "mesh-version",
          "The processes of this mesh have no version in common with this one, which speaks "
              + spoken + ". Upgrade one release at a time."));
    }
    if (serving.stream().anyMatch(member -> member.store.isAnotherThan(store))) {
      return Optional.of(new MeshStartException(
          "second-store",
          "This mesh has a storage-adapter already, and an embedded store lives in one process. Start this"
              + " process with other --roles, or all storage-adapters on one database."));
    }
    if (serving.stream().anyMatch(this::hasAnotherNotary)) {
      return Optional.of(new MeshStartException(
          "other-notary",
          "The other processes of this mesh sign with another notary key. Give all gateways and merge"
              + " engines the same --notary-key."));
    }
    return Optional.empty();
  }

  private boolean hasAnotherNotary(Claims other) {
    return notary.isPresent() && other.notary.isPresent() && !notary.equals(other.notary);
  }
}
