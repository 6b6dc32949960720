package dev.sealift.ops.hostile;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A log as a mesh could make it up that has its notary's key: it begins with files of the true one, takes anything behind them, and proves and signs it. */
final class ForgedLog {
  private final SigningKey notary;
  private final SpaceId space;
  private final List<LogEntry> entries = new ArrayList<>();
  private final List<Hash> leaves = new ArrayList<>();
  private final Map<DeviceId, SignedHeader> last = new HashMap<>();
  private final Map<DeviceId, Long> places = new HashMap<>();
  private Optional<Membership> membership = Optional.empty();

  ForgedLog(SigningKey notary, SpaceId space, List<LogEntry> begin) {
    this.notary = notary;
    this.space = space;
    begin.forEach(this::add);
  }

  /** One that begins with the first files of this one. */
  ForgedLog upTo(long size) {
    return new ForgedLog(notary, space, entries.subList(0, (int) size));
  }

  private void add(LogEntry entry) {
    Optional<SignedHeader> file = parse(entry.getSignedHeader());
    FileId id = file.map(SignedHeader::id).orElseGet(() -> named(entry));
    long sequence = size() + 1;
    entries.add(entry);
    leaves.add(new Leaf(space, sequence, entry.getServerTimeMillis(), entry.getBase(), id).hash());
    file.ifPresent(header -> note(header, entry));
  }

  /** Of a file whose header was reclaimed, or that is none. */
  private static FileId named(LogEntry entry) {
    try {
      return entry.getFile().isEmpty()
          ? FileId.of(Hash.of(entry.getSignedHeader().toByteArray()))
          : FileId.of(entry.getFile().toByteArray());
    } catch (FormatException e) {
      throw new IllegalStateException("a file's id is 32 bytes long", e);
    }
  }

  private void note(SignedHeader file, LogEntry entry) {
    try {
      if (membership.isEmpty()) {
        membership = Optional.of(Membership.found(file));
      } else if (file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP) {
        membership = Optional.of(membership.get().apply(file, entry.getServerTimeMillis()));
      }
    } catch (MembershipException lie) {
      // What should not be there changes nothing here.
    }
    last.put(file.header().device(), file);
    places.put(
        file.header().device(),
        membership
            .map(members -> members
                .rules()
                .publicPlace(
                    entry.getServerTimeMillis(), entry.getBase(), file.header().time()))
            .orElse(0L));
  }

  private static Optional<SignedHeader> parse(ByteString header) {
    try {
      return Optional.of(SignedHeader.parse(header));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  SpaceId space() {
    return space;
  }

  long size() {
    return entries.size();
  }

  LogEntry entry(long sequence) {
    return entries.get((int) sequence - 1);
  }

  Membership membership() {
    return membership.orElseThrow();
  }

  /** The last file of a device's chain. */
  Optional<SignedHeader> lastOf(DeviceId device) {
    return Optional.ofNullable(last.get(device));
  }

  /** What the log is, for whoever writes the next file. */
  SeenLog seen() {
    return size() == 0 ? SeenLog.nothing() : new SeenLog(size(), root(size()));
  }

  long lastMillis() {
    return size() == 0 ? 0 : entry(size()).getServerTimeMillis();
  }

  // Going on

  /** As a mesh would admit it now. */
  ForgedLog with(Pen.Written file, long nowMillis) {
    long base =
        parse(file.header()).map(header -> base(header.header().device())).orElse(0L);
    return with(file.header(), file.payload(), Math.max(nowMillis, lastMillis() + 1), base);
  }

  /** Anything. */
  ForgedLog with(ByteString header, ByteString payload, long millis, long base) {
    add(LogEntry.newBuilder()
        .setSignedHeader(header)
        .setServerTimeMillis(millis)
        .setBase(base)
        .setPayload(payload)
        .build());
    return this;
  }

  /** What follows from the log for the place of a device's last file. */
  long base(DeviceId device) {
    return places.getOrDefault(device, 0L);
  }

  // Saying so

  private Hash root(long size) {
    return Proofs.rootAt(size, this::node);
  }

  private Hash node(int level, long index) {
    CompactTree subtree = new CompactTree();
    leaves.subList((int) (index << level), (int) ((index + 1) << level)).forEach(subtree::append);
    return subtree.root();
  }

  /** The notary's word for all of it. */
  SignedTreeHead head(long nowMillis) {
    return head(size(), 0, nowMillis);
  }

  SignedTreeHead head(long size, int incarnation, long nowMillis) {
    return SignedTreeHead.sign(
        new TreeHead(space, incarnation, size, root(size), nowMillis), notary);
  }

  Hash rootAt(long size) {
    return root(size);
  }

  /** Files behind a sequence as a mesh pushes them. */
  Files files(long after, long most, long nowMillis) {
    Files.Builder files = Files.newBuilder()
        .setFirstSequence(after + 1)
        .setSignedHead(head(nowMillis).byteString());
    long until = Math.min(size(), after + most);
    for (long next = after + 1; next <= until; next++) {
      files.addEntries(entry(next));
    }
    Proofs.consistency(until, size(), this::node)
        .forEach(hash -> files.addConsistency(hash.byteString()));
    return files.build();
  }

  /** The receipt of a file, by its path to the whole log's head. */
  Receipt receipt(long sequence) {
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(sequence)
        .setServerTimeMillis(entry(sequence).getServerTimeMillis())
        .setBase(entry(sequence).getBase());
    Proofs.inclusion(sequence - 1, size(), this::node)
        .forEach(hash -> receipt.addPath(hash.byteString()));
    return receipt.build();
  }
}
