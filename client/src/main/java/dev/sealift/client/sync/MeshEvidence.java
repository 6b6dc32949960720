package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.EvidenceWriter;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Writes evidence of what a mesh was caught at: what was kept of it then, and behind it the headers of the log up to where the device was. */
final class MeshEvidence implements EvidenceExport {
  private static final int FILES_AT_ONCE = 64;

  private final SpaceStore store;
  private final ByteString signed;
  private final Evidence evidence;

  MeshEvidence(SpaceStore store, ByteString signed) {
    this.store = store;
    this.signed = signed;
    this.evidence = KeptEvidence.parse(signed);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    long last = evidence.sequence();
    requireSame();
    EvidenceWriter writer = new EvidenceWriter(out, signed);
    for (long next = 1; next <= last; ) {
      Files frame = frame(next, last);
      requireSame();
      writer.add(frame);
      next += frame.getEntriesCount();
    }
    writer.flush();
  }

  private void requireSame() {
    long last = evidence.sequence();
    if (last > 0 && !store.rootAt(last).equals(Optional.of(evidence.root()))) {
      throw incomplete("the mesh was restored since, and the log is another");
    }
  }

  private Files frame(long first, long last) {
    int most = (int) Math.min(FILES_AT_ONCE, last - first + 1);
    List<KeptFile> files = store.files(first, most, Limits.MAX_PAYLOAD_BYTES);
    if (files.isEmpty()) {
      throw incomplete("this device came in by a compaction, or took file " + first
          + " without its contents. One that has read all files can show it");
    }
    Files.Builder frame = Files.newBuilder().setFirstSequence(first);
    for (KeptFile file : files) {
      frame.addEntries(LogEntry.newBuilder()
          .setSignedHeader(ByteString.copyFrom(file.header().toByteArray()))
          .setServerTimeMillis(file.serverTimeMillis())
          .setBase(store.log(file.sequence(), 1).get(0).base())
          .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN));
    }
    return frame.build();
  }

  private static SealiftException incomplete(String why) {
    return new SealiftException(
        ErrorCode.EVIDENCE_INCOMPLETE,
        "This device cannot show what the evidence rests on: " + why + ".");
  }
}
