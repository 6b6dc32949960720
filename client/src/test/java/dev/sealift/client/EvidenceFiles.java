package dev.sealift.client;

import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.EvidenceReader;
import dev.sealift.protocol.evidence.EvidenceWriter;
import dev.sealift.protocol.evidence.Shown;
import dev.sealift.protocol.proto.EvidenceKind;
import dev.sealift.protocol.proto.Files;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Evidence as bytes: written, checked, and made into something else by somebody who means harm. */
final class EvidenceFiles {
  private EvidenceFiles() {}

  static byte[] of(Space space, Caught caught) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      space.exportEvidence(caught.name(), false, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static EvidenceVerdict verdict(byte[] evidence) {
    try {
      return Sealift.verify(new ByteArrayInputStream(evidence));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Signed by a stranger, as anybody can. */
  static byte[] forged(
      byte[] evidence, UnaryOperator<Evidence> said, UnaryOperator<List<Files>> shown) {
    DeviceKeyPair stranger = DeviceKeyPair.generate();
    try {
      EvidenceReader reader = new EvidenceReader(new ByteArrayInputStream(evidence));
      List<Files> frames = new ArrayList<>();
      for (Optional<Files> next = reader.next(); next.isPresent(); next = reader.next()) {
        frames.add(next.get());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Evidence other = by(stranger, said.apply(reader.evidence()));
      EvidenceWriter writer = new EvidenceWriter(out, other, stranger.signing());
      for (Files frame : shown.apply(frames)) {
        writer.add(frame);
      }
      writer.flush();
      return out.toByteArray();
    } catch (IOException | FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static Evidence by(DeviceKeyPair reporter, Evidence of) {
    return with(of.kind(), reporter.publicKeys(), of.shown(), of);
  }

  static Evidence of(EvidenceKind kind, Evidence evidence) {
    return with(kind, evidence.reporter(), evidence.shown(), evidence);
  }

  static Evidence showing(Shown shown, Evidence evidence) {
    return with(evidence.kind(), evidence.reporter(), shown, evidence);
  }

  private static Evidence with(
      EvidenceKind kind, DevicePublicKeys reporter, Shown shown, Evidence evidence) {
    return new Evidence(
        kind,
        evidence.space(),
        evidence.notary(),
        reporter,
        evidence.reportedAtMillis(),
        evidence.sequence(),
        evidence.root(),
        evidence.compaction(),
        evidence.incarnations(),
        evidence.keys(),
        shown);
  }
}
