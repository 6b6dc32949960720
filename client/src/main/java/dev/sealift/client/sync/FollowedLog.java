package dev.sealift.client.sync;

import dev.sealift.client.store.ChainPlace;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was checked of a log without a store: some 400 bytes a file, in memory, and bounded. For one thread. */
final class FollowedLog implements LogVerifier.Roots, LogVerifier.Chains {
  private static final int MOST_FILES = 1_000_000;

  private final List<Hash> roots = new ArrayList<>();
  private final List<FileId> files = new ArrayList<>();
  private final Map<Dot, ChainPlace> places = new HashMap<>();

  private record Dot(DeviceId device, long counter) {}

  /**
   * Files that follow those that are there.
   *
   * @throws FormatException when they are more than can be held
   */
  void add(VerifiedFiles next) throws FormatException {
    if (files.size() + next.entries().size() > MOST_FILES) {
      throw new FormatException("it shows more than " + MOST_FILES + " files of a log");
    }
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
