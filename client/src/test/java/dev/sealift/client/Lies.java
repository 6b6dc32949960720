package dev.sealift.client;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.FakeLog;
import dev.sealift.client.sync.Rogue;
import dev.sealift.client.sync.Wire;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Welcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Ways to twist what passes on the wire, towards one device. */
final class Lies {
  private Lies() {}

  /** Twists the files that the device is pushed. */
  static Wire files(DeviceId victim, UnaryOperator<Files> lie) {
    return (connection, toDevice, frame) -> toDevice
            && frame.hasFiles()
            && connection.device().filter(victim::equals).isPresent()
        ? List.of(Frame.newBuilder().setFiles(lie.apply(frame.getFiles())).build())
        : List.of(frame);
  }

  /** Twists the first file of each frame. */
  static Wire firstEntry(DeviceId victim, UnaryOperator<LogEntry> lie) {
    return files(victim, files -> withEntry(files, 0, lie));
  }

  static Files withEntry(Files files, int index, UnaryOperator<LogEntry> lie) {
    return files.getEntriesCount() <= index
        ? files
        : files.toBuilder()
            .setEntries(index, lie.apply(files.getEntries(index)))
            .build();
  }

  static Files swapped(Files files) {
    List<LogEntry> entries = new ArrayList<>(files.getEntriesList());
    Collections.swap(entries, 0, entries.size() - 1);
    return files.toBuilder().clearEntries().addAllEntries(entries).build();
  }

  /** Each file keeps its server time, so that only the log's root shows the exchange. */
  static Files filesSwappedUnderTheirTimes(Files files) {
    int last = files.getEntriesCount() - 1;
    Files swapped = swapped(files);
    return withEntry(
        withEntry(swapped, 0, entry -> withTimeOf(entry, files.getEntries(0))),
        last,
        entry -> withTimeOf(entry, files.getEntries(last)));
  }

  private static LogEntry withTimeOf(LogEntry entry, LogEntry other) {
    return entry.toBuilder().setServerTimeMillis(other.getServerTimeMillis()).build();
  }

  static Files payloadsSwapped(Files files) {
    int last = files.getEntriesCount() - 1;
    ByteString first = files.getEntries(0).getPayload();
    ByteString other = files.getEntries(last).getPayload();
    return withEntry(
        withEntry(files, 0, entry -> entry.toBuilder().setPayload(other).build()),
        last,
        entry -> entry.toBuilder().setPayload(first).build());
  }

  static LogEntry withHeader(LogEntry entry, ByteString header) {
    return entry.toBuilder().setSignedHeader(header).build();
  }

  static ByteString flipped(ByteString bytes, int index) {
    byte[] copy = bytes.toByteArray();
    copy[index] ^= 1;
    return ByteString.copyFrom(copy);
  }

  static LogEntry withoutPayload(LogEntry entry, PayloadAbsence absence) {
    return entry.toBuilder().clearPayload().setAbsence(absence).build();
  }

  /** The mesh itself twists its first word to a device that connects. */
  static Wire welcome(UnaryOperator<Welcome> lie) {
    return (connection, toDevice, frame) -> frame.hasWelcome()
        ? List.of(connection.signed(lie.apply(frame.getWelcome()).toBuilder()))
        : List.of(frame);
  }

  /** A log that goes on otherwise than the space's own after {@code common} files. */
  static FakeLog fork(Rogue rogue, long common, int more) {
    FakeLog fork = rogue.log().upTo(common);
    for (int i = 0; i < more; i++) {
      Rogue.Made file = rogue.put("fork" + i, "lie", lastOf(fork, rogue.id()), fork.seen());
      fork.append(file.header(), file.payload());
    }
    return fork;
  }

  static Optional<SignedHeader> lastOf(FakeLog log, DeviceId device) {
    return log.files().stream()
        .map(FakeLog.Stored::file)
        .filter(file -> file.header().device().equals(device))
        .reduce((first, second) -> second);
  }
}
