package dev.sealift.ops.simulate;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.store.KeptFile;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the mesh has acknowledged, read off the wire: it is in the log where it was said to be (L7), and each time at the same place (L8). */
final class Receipts {
  /** More than any run needs by far: devices answer each other, or one itself. */
  private static final int MOST_FILES = 1_000;

  private record Place(long sequence, long serverTimeMillis) {}

  private final Map<FileId, Place> acknowledged = new HashMap<>();

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

  private void acknowledge(byte[] header, Receipt receipt) {
    try {
      FileId file = SignedHeader.parse(header).id();
      Place place = new Place(receipt.getSequence(), receipt.getServerTimeMillis());
      Place before = acknowledged.putIfAbsent(file, place);
      if (before != null && !before.equals(place)) {
        throw new Fault("L8", "a file got " + before + " and then " + place);
      }
      if (acknowledged.size() > MOST_FILES) {
        throw new Fault("rest", "there is no end of what is sent");
      }
    } catch (FormatException e) {
      throw new Fault("L10", "a file without a header was admitted");
    }
  }

  void requireKept(List<KeptFile> log) {
    Map<FileId, Place> there = new HashMap<>();
    for (KeptFile file : log) {
      try {
        there.put(LogReader.header(file).id(), new Place(file.sequence(), file.serverTimeMillis()));
      } catch (FormatException e) {
        throw new Fault("L10", "file " + file.sequence() + " has no header");
      }
    }
    acknowledged.forEach((file, place) -> {
      if (!place.equals(there.get(file))) {
        throw new Fault(
            "L7", "a file was acknowledged at " + place + " and is at " + there.get(file));
      }
    });
  }
}
