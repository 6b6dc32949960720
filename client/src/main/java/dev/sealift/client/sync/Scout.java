package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.compaction.Attester;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeGap;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.OutlinePart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is learnt of the log by its outline, without its files: what its tree comes to, who was in the space when, and what was said of compactions. All of it leads to heads that the
 * notary signed; what a gap holds is not known. Nothing is kept, and no state moves. For one thread; after an exception it is of no use.
 */
final class Scout {
  /** So many are remembered. A space has as many devices and compactions that say something of each other as it may; who shows more wants to fill this device's memory. */
  static final int MAX_OPINIONS = 1 << 16;

  /** What a file says of a compaction. */
  record Opinion(long sequence, FileId compaction, Attester by, boolean isContested) {}

  private final SpaceId space;
  private final LogVerifier verifier;
  private final LogState state;
  private final CompactTree tree;
  private final Authors authors;
  private final List<VerifiedEntry> changes = new ArrayList<>();
  private final List<Opinion> opinions = new ArrayList<>();
  private final List<Long> bases;
  private final Map<Long, Hash> roots = new HashMap<>();
  private final FoundKeys keys;
  private long serverTimeMillis;

  /** The membership from a sequence on, up to the next. */
  private final TreeMap<Long, Membership> memberships = new TreeMap<>();

  private Optional<SignedTreeHead> head = Optional.empty();

  /**
   * @param bases of the steps that are looked at, rising: up to the last membership files are kept, and behind the first what is said of compactions
   * @param keys takes all that membership files bring
   */
  Scout(SpaceId space, LogVerifier verifier, LogState from, List<Long> bases, FoundKeys keys) {
    this.keys = keys;
    this.space = space;
    this.verifier = verifier;
    this.state = from;
    this.tree = from.tree().copy();
    this.authors = verifier.authors(from.membership());
    this.bases = List.copyOf(bases);
    this.serverTimeMillis = from.serverTimeMillis();
    from.membership().ifPresent(now -> memberships.put(tree.size(), now));
  }

  /** The last sequence that is known of. */
  long reached() {
    return tree.size();
  }

  /** The root of the log up to what is reached. */
  Hash root() {
    return tree.root();
  }

  /** Where gaps have to end, so that the roots there are known. */
  List<Long> stops() {
    return bases.stream().filter(base -> base > tree.size()).toList();
  }

  /** The root of the log at one of the bases, once that is reached; empty where a gap went over it. */
  Optional<Hash> rootAt(long base) {
    return Optional.ofNullable(roots.get(base));
  }

  /** Whether there was nothing more when the mesh answered last. */
  boolean isAtHead() {
    return head.map(signed -> signed.head().size() == tree.size()).orElse(false);
  }

  /** What the mesh signed last. */
  Optional<SignedTreeHead> head() {
    return head;
  }

  /** The membership files up to the base, in their order, with their payloads. */
  List<VerifiedEntry> changes() {
    return List.copyOf(changes);
  }

  /** Keys that were brought to this device, as far as the log is reached. */
  FoundKeys keys() {
    return keys;
  }

  /** As of what is reached, which is beyond genesis. */
  Membership now() {
    return authors.now();
  }

  /** As of a sequence, that one included. */
  Optional<Membership> membershipAt(long sequence) {
    return Optional.ofNullable(memberships.floorEntry(sequence)).map(Map.Entry::getValue);
  }

  /** In the order of the log. */
  List<Opinion> opinions() {
    return List.copyOf(opinions);
  }

  /**
   * Goes on by an answer of the mesh.
   *
   * @throws MeshViolationException when it is not of the signed log
   * @throws FormatException when it is malformed, or does not go on from here
   */
  void take(OutlineFiles files) throws MeshViolationException, FormatException {
    if (files.getPartsCount() > 0 && files.getFirstSequence() != tree.size() + 1) {
      throw new FormatException("an outline does not go on from where it was asked");
    }
    for (OutlinePart part : files.getPartsList()) {
      switch (part.getPartCase()) {
        case ENTRY -> take(part.getEntry());
        case GAP -> take(part.getGap());
        case PART_NOT_SET -> throw new FormatException("a part of an outline says nothing");
      }
      if (bases.contains(tree.size())) {
        roots.put(tree.size(), tree.root());
      }
    }
    head = Optional.of(
        verifier.checkOutline(files.getSignedHead(), tree, files.getConsistencyList(), state));
  }

  private void take(Gap gap) throws FormatException {
    List<Hash> hashes = new ArrayList<>();
    if (gap.getHashesCount() > TreeGap.MAX_HASHES) {
      throw new FormatException("a gap has more hashes than any log needs");
    }
    for (ByteString hash : gap.getHashesList()) {
      hashes.add(Hash.parse(hash));
    }
    TreeGap.append(tree, gap.getFiles(), hashes);
  }

  private void take(LogEntry entry) throws MeshViolationException, FormatException {
    long sequence = tree.size() + 1;
    if (sequence >= Limits.MAX_SEQUENCE - 1) {
      throw new FormatException("an outline is longer than any log");
    }
    if (authors.membership().isEmpty() && sequence > 1) {
      throw new FormatException("an outline shows everything of a log but its beginning");
    }
    SignedHeader file = LogVerifier.parse(sequence, entry.getSignedHeader());
    LogVerifier.checkSpace(sequence, file, space);
    authors.take(sequence, file, entry.getServerTimeMillis());
    checkTimes(sequence, file, entry.getServerTimeMillis());
    ByteString payload = LogVerifier.checkPayload(sequence, file, entry);
    tree.append(
        new Leaf(space, sequence, entry.getServerTimeMillis(), entry.getBase(), file.id()).hash());
    switch (file.header().kind()) {
      case FILE_KIND_MEMBERSHIP -> {
        memberships.put(sequence, authors.now());
        keep(new VerifiedEntry(
            sequence,
            entry.getServerTimeMillis(),
            entry.getBase(),
            file,
            Optional.of(payload),
            false,
            tree.root(),
            authors.now()));
        keys.take(file, payload);
      }
      case FILE_KIND_ATTESTATION -> hear(sequence, file);
      default -> throw new FormatException("an outline shows a file that belongs into a gap");
    }
  }

  /** Of what lies in gaps the times are not known: they only rise. */
  private void checkTimes(long sequence, SignedHeader file, long timeMillis)
      throws MeshViolationException {
    LogVerifier.checkTimes(
        sequence, file, serverTimeMillis, timeMillis, authors.now().rules());
    serverTimeMillis = timeMillis;
  }

  private void keep(VerifiedEntry change) {
    if (!bases.isEmpty() && change.sequence() <= bases.get(bases.size() - 1)) {
      changes.add(change);
    }
  }

  private void hear(long sequence, SignedHeader file) throws FormatException {
    Attester by = Attester.of(file.header().device(), authors.now()).orElseThrow();
    for (Attested said : file.header().attestations()) {
      if (!bases.isEmpty() && sequence > bases.get(0)) {
        opinions.add(new Opinion(sequence, said.compaction(), by, said.isContested()));
      }
    }
    if (opinions.size() > MAX_OPINIONS) {
      throw new FormatException("more is said of compactions than any space may");
    }
  }
}
