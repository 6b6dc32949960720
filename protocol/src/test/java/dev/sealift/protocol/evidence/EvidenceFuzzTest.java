package dev.sealift.protocol.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.proto.EvidenceBody;
import dev.sealift.protocol.proto.EvidenceKind;
import dev.sealift.protocol.proto.Files;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;

/** Evidence, which comes from anybody. */
class EvidenceFuzzTest {
  private static final SampleDevice REPORTER = SampleDevice.number(1);

  @FuzzTest
  void read(byte[] bytes) throws IOException {
    long filesBytes = 0;
    try {
      EvidenceReader reader = new EvidenceReader(new ByteArrayInputStream(bytes));
      requireSound(reader.evidence());
      for (Optional<Files> next = reader.next(); next.isPresent(); next = reader.next()) {
        filesBytes += 1;
      }
    } catch (FormatException refused) {
      // what it may do
    }
    assertThat(filesBytes).isLessThanOrEqualTo(bytes.length);
  }

  /** Whatever a reporter may sign. */
  @FuzzTest
  void signed(byte[] bytes) throws IOException {
    EvidenceBody.Builder body = EvidenceBody.newBuilder()
        .setVersion(1)
        .setSpace(SampleFiles.filled(32, 1))
        .setNotary(SampleFiles.NOTARY.byteString())
        .setReporter(REPORTER.keys().toProto())
        .setKind(EvidenceKind.EVIDENCE_KIND_COMPACTION_FALSE)
        .setSequence(1)
        .setRoot(SampleFiles.filled(32, 2))
        .setCompaction(SampleFiles.filled(32, 3));
    try {
      body.mergeFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    ByteString said = body.build().toByteString();
    ByteString signature =
        ByteString.copyFrom(REPORTER.signing().sign(SignatureContext.EVIDENCE, said.toByteArray()));
    Evidence evidence;
    try {
      evidence = Evidence.parse(said.concat(signature));
    } catch (FormatException refused) {
      return;
    }
    requireSound(evidence);
    requireWrittenAndRead(evidence);
  }

  private static void requireWrittenAndRead(Evidence evidence) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      EvidenceWriter writer = new EvidenceWriter(out, evidence, REPORTER.signing());
      writer.flush();
      EvidenceReader reader = new EvidenceReader(new ByteArrayInputStream(out.toByteArray()));
      assertThat(reader.evidence()).isEqualTo(evidence);
      assertThat(reader.next()).isEmpty();
    } catch (FormatException e) {
      throw new AssertionError("what is written is read back", e);
    }
  }

  private static void requireSound(Evidence evidence) {
    assertThat(evidence.sequence()).isBetween(0L, Limits.MAX_SEQUENCE);
    assertThat(evidence.reportedAtMillis()).isNotNegative();
    assertThat(evidence.incarnations()).hasSizeLessThanOrEqualTo(Limits.MAX_INCARNATIONS);
    assertThat(evidence.keys()).hasSizeLessThanOrEqualTo(Limits.MAX_KEY_ENVELOPES);
    for (ShownReceipt receipt : evidence.shown().receipts()) {
      try {
        assertThat(ShownReceipt.parse(receipt.bytes())).isEqualTo(receipt);
      } catch (FormatException e) {
        throw new AssertionError("what is written is read back", e);
      }
    }
  }
}
