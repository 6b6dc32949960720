package dev.sealift.client.sync;

import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.HeldCompaction.Said;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.compaction.Attester;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Others' compactions as the log brings them, part by part, and what is said of them there. Who takes steps knows nothing of those that he passed over, and need not: others were there. Used with the replica's monitor.
 */
final class Compactions {
  /** Kept at most, the newest ones: of a device a mesh takes four that nobody attests. */
  static final int MOST = 64;

  private final SpaceStore store;
  private final DeviceId self;

  /** By the sequences of their first parts. */
  private final TreeMap<Long, HeldCompaction> held = new TreeMap<>();

  Compactions(SpaceStore store, DeviceId self) {
    this.store = store;
    this.self = self;
    reload();
  }

  /** As the store has them. */
  void reload() {
    held.clear();
    store.compactions().forEach(one -> held.put(one.firstPart(), one));
  }

  /** Those whose parts have all come, in the order of the log. */
  List<HeldCompaction> complete() {
    return held.values().stream().filter(HeldCompaction::isComplete).toList();
  }

  void put(Batch batch, HeldCompaction changed) {
    batch.putCompaction(changed);
    held.put(changed.firstPart(), changed);
  }

  // What the log brings

  /**
   * Files that are applied in a batch.
   *
   * @param membership behind all of them: nobody leaves a space yet
   */
  void note(Batch batch, List<VerifiedEntry> entries, Membership membership) {
    Map<Long, HeldCompaction> changed = new HashMap<>();
    for (VerifiedEntry entry : entries) {
      FileHeader header = entry.file().header();
      if (header.kind() == FileKind.FILE_KIND_COMPACTION && !header.device().equals(self)) {
        part(entry).ifPresent(now -> changed.put(now.firstPart(), now));
      } else if (header.kind() == FileKind.FILE_KIND_ATTESTATION) {
        said(entry.file(), membership).forEach(now -> changed.put(now.firstPart(), now));
      }
    }
    changed.values().forEach(batch::putCompaction);
    while (held.size() > MOST) {
      batch.forgetCompaction(held.pollFirstEntry().getValue());
    }
  }

  private Optional<HeldCompaction> part(VerifiedEntry entry) {
    FileHeader header = entry.file().header();
    Optional<HeldCompaction> now = header.part() == 1
        ? Optional.of(begun(entry))
        : held.values().stream()
            .filter(open -> isNext(open, header))
            .findFirst()
            .map(open -> open.with(entry.sequence(), entry.file().id(), entry.serverTimeMillis()));
    now.ifPresent(one -> held.put(one.firstPart(), one));
    return now;
  }

  private static boolean isNext(HeldCompaction open, FileHeader header) {
    return open.author().equals(header.device())
        && open.came() + 1 == header.part()
        && open.parts() == header.parts()
        && header.previous().equals(Optional.of(open.last()))
        && header.seen().root().equals(open.root())
        && range(header).equals(open.range());
  }

  private static HeldCompaction begun(VerifiedEntry entry) {
    FileHeader header = entry.file().header();
    return new HeldCompaction(
        header.device(),
        range(header),
        header.seen().root(),
        header.parts(),
        entry.sequence(),
        1,
        entry.sequence(),
        entry.file().id(),
        entry.serverTimeMillis(),
        false,
        false,
        Said.NOTHING,
        Optional.empty());
  }

  private static StepRange range(FileHeader header) {
    SequenceSpan span = header.supersedes().get(0);
    return new StepRange(span.first(), span.last());
  }

  private List<HeldCompaction> said(SignedHeader file, Membership membership) {
    List<HeldCompaction> changed = new ArrayList<>();
    Optional<Attester> by = Attester.of(file.header().device(), membership);
    for (Attested said : file.header().attestations()) {
      find(said.compaction())
          .ifPresent(of -> by.ifPresent(who -> {
            HeldCompaction now = after(of, who, said.isContested(), membership);
            held.put(now.firstPart(), now);
            changed.add(now);
          }));
    }
    return changed;
  }

  Optional<HeldCompaction> find(FileId last) {
    return held.values().stream()
        .filter(one -> one.isComplete() && one.last().equals(last))
        .findFirst();
  }

  private static HeldCompaction after(
      HeldCompaction of, Attester by, boolean contests, Membership membership) {
    if (contests) {
      return of.standing(of.isAttested(), true);
    }
    boolean counts = counts(of, by, membership);
    return of.standing(of.isAttested() || counts, of.isContested() && !(counts && by.overrules()));
  }

  /** Whether a device's word is more than the author's own. */
  static boolean counts(HeldCompaction of, Attester by, Membership membership) {
    return membership
        .device(of.author())
        .map(Device::member)
        .filter(member -> by.counts(of.author(), member))
        .isPresent();
  }
}
