package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.CompactionRows;
import java.util.List;
import java.util.function.ToLongBiFunction;
import java.util.stream.Stream;

/** What a group of commits brings of compactions and attestations, as columns of parameters. */
final class CompactionColumns {
  private record PlacedPart(long spaceRow, long deviceRow, CompactionRows.Part part) {}

  private record PlacedSaid(long spaceRow, long deviceRow, CompactionRows.Said said) {}

  private final List<PlacedPart> parts;
  private final List<PlacedSaid> said;

  private CompactionColumns(List<PlacedPart> parts, List<PlacedSaid> said) {
    this.parts = parts;
    this.said = said;
  }

  /** @param deviceRow of a device of the commit's space */
  static CompactionColumns of(
      List<CommitStep> steps, ToLongBiFunction<SpaceCommit, ByteString> deviceRow) {
    return new CompactionColumns(
        steps.stream()
            .flatMap(step -> CompactionRows.parts(step.commit()).stream()
                .map(part -> new PlacedPart(
                    step.spaceRow(),
                    deviceRow.applyAsLong(step.commit(), part.file().getDevice()),
                    part)))
            .toList(),
        steps.stream()
            .flatMap(step -> CompactionRows.attestations(step.commit()).stream()
                .map(one -> new PlacedSaid(
                    step.spaceRow(), deviceRow.applyAsLong(step.commit(), one.device()), one)))
            .toList());
  }

  boolean isEmpty() {
    return parts.isEmpty() && said.isEmpty();
  }

  Stream<Columns<?>> columns() {
    return Stream.of(partColumns(), saidColumns());
  }

  private Columns<PlacedPart> partColumns() {
    return new Columns<>(parts)
        .longs(PlacedPart::spaceRow)
        .longs(placed -> placed.part.sequence())
        .bytes(placed -> placed.part.file().getFile())
        .longs(PlacedPart::deviceRow)
        .longs(placed -> placed.part.says().getFirst())
        .longs(placed -> placed.part.says().getBase())
        .integers(placed -> placed.part.says().getGeneration())
        .integers(placed -> placed.part.says().getPart())
        .integers(placed -> placed.part.says().getParts())
        .integers(placed -> placed.part.isSound() ? 1 : 0);
  }

  private Columns<PlacedSaid> saidColumns() {
    return new Columns<>(said)
        .longs(PlacedSaid::spaceRow)
        .bytes(placed -> placed.said.compaction())
        .longs(placed -> placed.said.sequence())
        .longs(PlacedSaid::deviceRow)
        .integers(placed -> placed.said.isContested() ? 1 : 0);
  }
}
