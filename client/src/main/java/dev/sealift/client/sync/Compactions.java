package dev.sealift.client.sync;

import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.HeldCompaction.Begun;
import dev.sealift.client.store.HeldCompaction.Part;
import dev.sealift.client.store.HeldCompaction.Word;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.compaction.Attester;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SequenceSpan;
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
 * Compactions as the log brings them, part by part, and what is said of them there. Who takes steps knows nothing of those that he passed over, and need not: others were there. Used with the replica's monitor.
 */
final class Compactions {
  /** Kept at most, the newest ones: of a device a mesh takes four that nobody attests. */
  static final int MOST = 64;

  private final SpaceStore store;
  /** By the sequences of their first parts, as they were last committed; empty when that is not known any more. */
  private Optional<TreeMap<Long, HeldCompaction>> committed = Optional.empty();

  Compactions(SpaceStore store) {
    this.store = store;
  }

  /** A batch may change them, or not be committed. */
  void forget() {
    committed = Optional.empty();
  }

  private TreeMap<Long, HeldCompaction> held() {
    if (committed.isEmpty()) {
      TreeMap<Long, HeldCompaction> read = new TreeMap<>();
      store.compactions().forEach(one -> read.put(one.firstPart(), one));
      committed = Optional.of(read);
    }
    return committed.get();
  }

  /** Those whose parts have all come, in the order of the log. */
  List<HeldCompaction> complete() {
    return held().values().stream().filter(HeldCompaction::isComplete).toList();
  }

  void put(Batch batch, HeldCompaction changed) {
    batch.putCompaction(changed);
    forget();
  }

  // What the log brings

  /**
   * Files that are applied in a batch.
   */
  void note(Batch batch, List<VerifiedEntry> entries) {
    if (entries.stream().noneMatch(Compactions::isOfConcern)) {
      return;
    }
    TreeMap<Long, HeldCompaction> held = new TreeMap<>(held());
    forget();
    Map<Long, HeldCompaction> changed = new HashMap<>();
    for (VerifiedEntry entry : entries) {
      FileHeader header = entry.file().header();
      if (header.kind() == FileKind.FILE_KIND_COMPACTION) {
        part(held, entry).ifPresent(now -> changed.put(now.firstPart(), now));
      } else if (header.kind() == FileKind.FILE_KIND_ATTESTATION) {
        said(held, entry).forEach(now -> changed.put(now.firstPart(), now));
      }
    }
    changed.values().forEach(batch::putCompaction);
    while (held.size() > MOST) {
      batch.forgetCompaction(held.pollFirstEntry().getValue());
    }
  }

  private static boolean isOfConcern(VerifiedEntry entry) {
    FileKind kind = entry.file().header().kind();
    return kind == FileKind.FILE_KIND_COMPACTION || kind == FileKind.FILE_KIND_ATTESTATION;
  }

  private static Optional<HeldCompaction> part(
      TreeMap<Long, HeldCompaction> held, VerifiedEntry entry) {
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
    return open.begun().author().equals(header.device())
        && open.part().number() + 1 == header.part()
        && open.begun().parts() == header.parts()
        && header.previous().equals(Optional.of(open.part().file()))
        && header.seen().root().equals(open.begun().root())
        && range(header).equals(open.range());
  }

  private static HeldCompaction begun(VerifiedEntry entry) {
    FileHeader header = entry.file().header();
    return new HeldCompaction(
        new Begun(
            header.device(), range(header), header.seen().root(), header.parts(), entry.sequence()),
        new Part(1, entry.sequence(), entry.file().id(), entry.serverTimeMillis()),
        isAlone(entry.membership()) ? Word.NONE.attested() : Word.NONE);
  }

  /** Whether the space never had another device: then there is nobody to ask. */
  private static boolean isAlone(Membership membership) {
    return membership.everDevices().limit(2).count() == 1;
  }

  private static StepRange range(FileHeader header) {
    SequenceSpan span = header.supersedes().get(0);
    return new StepRange(span.first(), span.last());
  }

  private static List<HeldCompaction> said(
      TreeMap<Long, HeldCompaction> held, VerifiedEntry entry) {
    List<HeldCompaction> changed = new ArrayList<>();
    FileHeader header = entry.file().header();
    Membership membership = entry.membership();
    Optional<Attester> by = Attester.of(header.device(), membership);
    for (Attested said : header.attestations()) {
      find(held, said.compaction())
          .ifPresent(of -> by.ifPresent(who -> {
            HeldCompaction now = after(of, who, said.isContested(), membership);
            held.put(now.firstPart(), now);
            changed.add(now);
          }));
    }
    return changed;
  }

  Optional<HeldCompaction> find(FileId last) {
    return find(held(), last);
  }

  private static Optional<HeldCompaction> find(TreeMap<Long, HeldCompaction> held, FileId last) {
    return held.values().stream()
        .filter(one -> one.isComplete() && one.name().equals(last))
        .findFirst();
  }

  private static HeldCompaction after(
      HeldCompaction of, Attester by, boolean contests, Membership membership) {
    if (contests) {
      return of.standing(of.word().isAttested(), true);
    }
    boolean counts = counts(of, by, membership);
    return of.standing(
        of.word().isAttested() || counts, of.word().isContested() && !(counts && by.overrules()));
  }

  /** Whether a device's word is more than the author's own. */
  static boolean counts(HeldCompaction of, Attester by, Membership membership) {
    return membership
        .everDevice(of.begun().author())
        .map(Device::member)
        .filter(member -> by.counts(of.begun().author(), member))
        .isPresent();
  }
}
