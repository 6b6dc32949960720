package dev.sealift.storage.postgres;

import dev.sealift.storage.CompactionRows;
import java.util.List;
import java.util.stream.Stream;

/** What a group of commits brings of compactions and attestations, as columns of parameters. */
final class CompactionColumns {
  private record PlacedPart(long spaceRow, CompactionRows.Part part) {}

  private record PlacedSaid(long spaceRow, CompactionRows.Said said) {}

  private final List<PlacedPart> parts;
  private final List<PlacedSaid> said;

  private CompactionColumns(List<PlacedPart> parts, List<PlacedSaid> said) {
    this.parts = parts;
    this.said = said;
  }

  static CompactionColumns of(List<CommitStep> steps) {
    return new CompactionColumns(
        steps.stream()
            .flatMap(step -> CompactionRows.parts(step.commit()).stream()
                .map(part -> new PlacedPart(step.spaceRow(), part)))
            .toList(),
        steps.stream()
            .flatMap(step -> CompactionRows.attestations(step.commit()).stream()
                .map(one -> new PlacedSaid(step.spaceRow(), one)))
            .toList());
  }

  boolean isEmpty() {
    return parts.isEmpty() && said.isEmpty();
  }

  Stream<Columns<?>> columns() {
    return Stream.of(partColumns(), effectiveColumns(), saidColumns());
  }

  private Columns<PlacedPart> partColumns() {
    return new Columns<>(parts)
        .longs(PlacedPart::spaceRow)
        .longs(placed -> placed.part.sequence())
        .bytes(placed -> placed.part.file().getFile())
        .longs(placed -> placed.part.says().getFirst())
        .longs(placed -> placed.part.says().getBase())
        .longs(placed -> placed.part.supersededBy())
        .integers(placed -> placed.part.says().getGeneration())
        .integers(placed -> placed.part.says().getPart())
        .integers(placed -> placed.part.says().getParts())
        .integers(placed -> placed.part.isEffective() ? 1 : 0);
  }

  private Columns<PlacedPart> effectiveColumns() {
    return new Columns<>(
            parts.stream().filter(placed -> placed.part.isEffective()).toList())
        .longs(PlacedPart::spaceRow)
        .longs(placed -> placed.part.sequence())
        .longs(placed -> placed.part.says().getFirst())
        .longs(placed -> placed.part.says().getBase());
  }

  private Columns<PlacedSaid> saidColumns() {
    return new Columns<>(said)
        .longs(PlacedSaid::spaceRow)
        .bytes(placed -> placed.said.compaction())
        .longs(placed -> placed.said.sequence())
        .integers(placed -> placed.said.isContested() ? 1 : 0);
  }
}
