package dev.sealift.gateway.session;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Small files that this gateway has just brought into the log, and that are the log's end: whoever waits for exactly these can have them
 * at once, without asking the store. They are durable, as their receipts say.
 *
 * @param author who put them, and so wrote them
 */
public record FreshFiles(DeviceId author, long firstSequence, List<LogEntry> entries) {
  /** Larger ones are not kept while they are admitted: there the store's answer costs little beside the sending. */
  static final int MAX_BYTES = 16 << 10;

  public FreshFiles {
    entries = List.copyOf(entries);
  }

  /**
   * What a Put brought.
   *
   * @param files the Put's, or none if they were too large to keep
   * @return empty unless all of them were admitted, one after another, up to the head
   */
  static Optional<FreshFiles> of(
      DeviceId author, List<PutFile> files, List<Outcome> outcomes, SpaceHead head) {
    if (files.isEmpty() || files.size() != outcomes.size()) {
      return Optional.empty();
    }
    long first = head.size() - files.size() + 1;
    List<LogEntry> entries = new ArrayList<>(files.size());
    for (int i = 0; i < files.size(); i++) {
      Receipt receipt = outcomes.get(i).getReceipt();
      boolean inPlace = outcomes.get(i).hasReceipt() && receipt.getSequence() == first + i;
      if (!inPlace || !isWhole(author, files.get(i))) {
        return Optional.empty();
      }
      entries.add(entry(files.get(i), receipt));
    }
    return Optional.of(new FreshFiles(author, first, entries));
  }

  /**
   * Whether this device wrote it, and it has its payload: one that was admitted before has its receipt whatever payload comes with it this time,
   * and what a restored mesh lost is brought by others than its author.
   */
  private static boolean isWhole(DeviceId author, PutFile file) {
    try {
      FileHeader header = SignedHeader.parse(file.getSignedHeader()).header();
      return header.device().equals(author)
          && header.payloadLength() == file.getPayload().size()
          && header.payloadHash().equals(Hash.of(file.getPayload().toByteArray()));
    } catch (FormatException e) {
      return false;
    }
  }

  private static LogEntry entry(PutFile file, Receipt receipt) {
    return LogEntry.newBuilder()
        .setSignedHeader(file.getSignedHeader())
        .setServerTimeMillis(receipt.getServerTimeMillis())
        .setBase(receipt.getBase())
        .setPayload(file.getPayload())
        .build();
  }

  /** The entries as a device gets them that may want its own without payload. */
  List<LogEntry> entriesFor(DeviceId reader, boolean omitOwn) {
    if (!omitOwn || !reader.equals(author)) {
      return entries;
    }
    return entries.stream().map(FreshFiles::withoutPayload).toList();
  }

  private static LogEntry withoutPayload(LogEntry entry) {
    return entry.toBuilder()
        .clearPayload()
        .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN)
        .build();
  }
}
