package dev.sealift.client.sync;

import dev.sealift.client.store.ChainPlace;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was checked of a log without a store: some 200 bytes a file, in memory. For one thread. */
final class FollowedLog implements LogVerifier.Roots, LogVerifier.Chains {
  private final List<Hash> roots = new ArrayList<>();
  private final List<FileId> files = new ArrayList<>();
  private final Map<Dot, ChainPlace> places = new HashMap<>();

  private record Dot(DeviceId device, long counter) {}

  /** Files that follow those that are there. */
  void add(VerifiedFiles next) {
    SpaceRules rules = next.next().membership().orElseThrow().rules();
    for (VerifiedEntry entry : next.entries()) {
      var header = entry.file().header();
      roots.add(entry.root());
      files.add(entry.file().id());
      long place = rules.publicPlace(entry.serverTimeMillis(), entry.base(), header.time());
      places.put(
          new Dot(header.device(), header.counter()),
          new ChainPlace(Optional.of(entry.file().id()), place));
    }
  }

  /** The file of a sequence; empty when it does not go so far. */
  Optional<FileId> file(long sequence) {
    return sequence >= 1 && sequence <= files.size()
        ? Optional.of(files.get((int) (sequence - 1)))
        : Optional.empty();
  }

  @Override
  public Optional<Hash> at(long sequence) {
    return sequence >= 1 && sequence <= roots.size()
        ? Optional.of(roots.get((int) (sequence - 1)))
        : Optional.empty();
  }

  @Override
  public Optional<ChainPlace> at(DeviceId device, long counter) {
    return Optional.ofNullable(places.get(new Dot(device, counter)));
  }
}
