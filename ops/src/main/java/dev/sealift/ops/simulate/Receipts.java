package dev.sealift.ops.simulate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.store.KeptFile;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.Receipt;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** What the mesh has acknowledged, read off the wire: it is in the log where it was said to be (L7), and each time at the same place (L8). */
final class Receipts {
  /** More than any run of some days needs by far: devices answer each other, or one itself. */
  private static final int MOST_FILES = 1_000;

  private record Place(long sequence, long serverTimeMillis, DeviceId author) {}

  private final Map<FileId, Place> acknowledged = new HashMap<>();
  private final Map<FileId, DeviceId> displaced = new HashMap<>();
  private final Set<Incarnation> incarnations = new HashSet<>();
  private boolean restored;
  private int mostFiles = MOST_FILES;
  private BiConsumer<SignedHeader, Receipt> listener = (file, receipt) -> {};

  /** In a longer run. */
  void mostFiles(int files) {
    mostFiles = files;
  }

  /** Is told of each file that was admitted, once. */
  void listen(BiConsumer<SignedHeader, Receipt> toFiles) {
    listener = toFiles;
  }

  /** One connection's. */
  final class Wire {
    private final Map<Long, Put> underWay = new HashMap<>();

    void toMesh(byte[] message) {
      Frame frame = parse(message);
      if (frame.hasPut()) {
        underWay.put(frame.getPut().getRequest(), frame.getPut());
      }
    }

    void toDevice(byte[] message) {
      Frame frame = parse(message);
      frame.getWelcome().getIncarnationsList().forEach(Receipts.this::begun);
      if (frame.hasPutResult()) {
        Put put = underWay.remove(frame.getPutResult().getRequest());
        List<Outcome> outcomes = frame.getPutResult().getOutcomesList();
        for (int i = 0; i < outcomes.size(); i++) {
          if (outcomes.get(i).hasReceipt()) {
            acknowledge(
                put.getFiles(i).getSignedHeader().toByteArray(), outcomes.get(i).getReceipt());
          }
        }
      }
    }

    private static Frame parse(byte[] message) {
      try {
        return Frame.parseFrom(message);
      } catch (InvalidProtocolBufferException e) {
        throw new Fault("L12", "what goes over the wire is no frame");
      }
    }
  }

  private void begun(ByteString signed) {
    try {
      incarnations.add(SignedIncarnation.parse(signed).incarnation());
    } catch (FormatException e) {
      throw new Fault("L12", "an incarnation is none");
    }
  }

  /** What the mesh has begun after it was restored, as devices were told. */
  Set<Incarnation> incarnations() {
    return incarnations;
  }

  /** The mesh is no more what it was: what it has acknowledged is in the log nevertheless, wherever. */
  void restored() {
    restored = true;
    acknowledged.forEach((file, place) -> displaced.put(file, place.author()));
    acknowledged.clear();
  }

  boolean wasRestored() {
    return restored;
  }

  private void acknowledge(byte[] header, Receipt receipt) {
    try {
      SignedHeader file = SignedHeader.parse(header);
      Place place = new Place(
          receipt.getSequence(), receipt.getServerTimeMillis(), file.header().device());
      Place before = acknowledged.putIfAbsent(file.id(), place);
      if (before != null && !before.equals(place)) {
        throw new Fault("L8", "a file got " + before + " and then " + place);
      }
      if (before == null) {
        listener.accept(file, receipt);
      }
      if (acknowledged.size() > mostFiles) {
        throw new Fault("rest", "there is no end of what is sent");
      }
    } catch (FormatException e) {
      throw new Fault("L10", "a file without a header was admitted");
    }
  }

  /**
   * What was acknowledged is in the log. What the mesh lost may be lost for good where its author lost it too.
   *
   * @param isForgetful whether a device was put back as it was before
   * @return how many files are lost
   */
  long requireKept(List<KeptFile> log, Predicate<DeviceId> isForgetful) {
    Map<FileId, Place> there = new HashMap<>();
    log.forEach(file -> {
      SignedHeader header = header(file);
      there.put(
          header.id(),
          new Place(file.sequence(), file.serverTimeMillis(), header.header().device()));
    });
    acknowledged.forEach((file, place) -> {
      if (!place.equals(there.get(file))) {
        throw new Fault(
            "L7", "a file was acknowledged at " + place + " and is at " + there.get(file));
      }
    });
    displaced.keySet().removeAll(there.keySet());
    displaced.values().stream().filter(isForgetful.negate()).findAny().ifPresent(author -> {
      throw new Fault("L7", "a file of " + author + " has not come back, which has it");
    });
    return displaced.size();
  }

  private static SignedHeader header(KeptFile file) {
    try {
      return LogReader.header(file);
    } catch (FormatException e) {
      throw new Fault("L10", "file " + file.sequence() + " has no header");
    }
  }
}
