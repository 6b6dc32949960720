package dev.sealift.ops.hostile;

import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.value.Value;
import dev.sealift.ops.simulate.BedDevice;
import java.util.List;
import java.util.function.UnaryOperator;

/** Compactions that are not what the log makes of their files, by a member. */
final class MemberLies {
  private static final int FILES = 6;

  private MemberLies() {}

  static List<Lie> all() {
    return List.of(
        lie(
            "compaction-drops-row",
            "leaves a row out of a compaction",
            right -> right.without(right.lastRow())),
        lie(
            "compaction-adds-row",
            "adds a row to a compaction that nobody wrote",
            right -> right.withCopyOf(right.lastRow())),
        lie(
            "compaction-alters-value",
            "alters a value in a compaction",
            right -> right.altering(
                right.lastRow(),
                held -> new Held(held.cell(), held.origin(), new Value.Text("altered")))),
        lie(
            "compaction-alters-rank",
            "lets a value in a compaction win that did not",
            right -> right.altering(right.lastRow(), held -> {
              Origin from = held.origin();
              return new Held(
                  held.cell(),
                  new Origin(from.place(), from.time() + 1, from.device(), from.sequence()),
                  held.value());
            })),
        lie(
            "compaction-of-the-future",
            "compacts what the log is now as what it was before",
            right -> right.upTo(right.range().base() - 2)),
        lie(
            "compaction-of-files-it-has-not",
            "compacts the last files alone, and not all rows that they touch",
            right -> right.from(right.range().base() - 2).without(right.lastRow())));
  }

  private static Lie lie(String name, String what, UnaryOperator<ForgedCompaction> forging) {
    return new Lie(
        name,
        Lie.By.MEMBER,
        what,
        (stage, lies) -> {
          for (int i = 0; i < FILES; i++) {
            stage.write(i % 2 == 0 ? stage.founder() : stage.victim());
            stage.settle();
          }
          stage.other().disconnect();
          lies.run();
          stage.other().connect();
        },
        new Expected.Contested(),
        Lie.End.OVERCOME_LAST,
        stage -> {
          BedDevice author = stage.other();
          forging.apply(ForgedCompaction.of(author)).send(author);
          stage.told();
        });
  }
}
