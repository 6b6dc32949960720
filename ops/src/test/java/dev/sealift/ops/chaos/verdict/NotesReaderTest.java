package dev.sealift.ops.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.ops.chaos.verdict.Evidence.Acknowledged;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.ops.chaos.verdict.Evidence.Member;
import dev.sealift.ops.chaos.verdict.Evidence.Receipted;
import dev.sealift.ops.chaos.verdict.Evidence.SeenHead;
import dev.sealift.ops.chaos.verdict.Evidence.SpaceLog;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotesReaderTest {
  private static final Receipted RECEIPT = new Receipted("space-0", "f1", 1, 100);
  private static final SeenHead HEAD = new SeenHead("space-0", 1, "root");
  private static final LogFile FILE = new LogFile(1, "f1", "author", 1, 100, "root");

  @TempDir
  private Path folder;

  private final NotesReader reader = new NotesReader();

  private void read(String name, JsonObject... notes) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, Arrays.stream(notes).map(JsonObject::encode).toList());
    reader.read(file);
  }

  private static JsonObject written(long upTo) {
    return Notes.of(new Acknowledged("a", "space-0", upTo));
  }

  @Test
  void whatWasNotedDownIsReadAgain() throws IOException {
    read("1", written(3), Notes.of(RECEIPT), Notes.of(HEAD), Notes.of("space-0", FILE));
    List<Member> roster = List.of(new Member("a", "space-0", true));
    assertThat(reader.evidence(roster))
        .isEqualTo(new Evidence(
            roster,
            List.of(new Acknowledged("a", "space-0", 3)),
            List.of(RECEIPT),
            List.of(HEAD),
            List.of(),
            List.of(new SpaceLog("space-0", List.of(FILE)))));
  }

  @Test
  void ofAWritersAcknowledgementsTheHighestIsHeld() throws IOException {
    read("1", written(3), written(12));
    read("2", written(7));
    assertThat(reader.evidence(List.of()).writes())
        .containsExactly(new Acknowledged("a", "space-0", 12));
  }

  @Test
  void whatTwoProcessesNotedAlikeIsHeldOnceAndWhatDiffersTwice() throws IOException {
    Receipted other = new Receipted("space-0", "f1", 1, 101);
    read("1", Notes.of(RECEIPT), Notes.of(HEAD));
    read("2", Notes.of(RECEIPT), Notes.of(HEAD), Notes.of(other));
    Evidence evidence = reader.evidence(List.of());
    assertThat(evidence.receipts()).containsExactly(RECEIPT, other);
    assertThat(evidence.heads()).containsExactly(HEAD);
  }

  @Test
  void aFileOfALogThatCameTwiceIsHeldTwice() throws IOException {
    read("1", Notes.of("space-0", FILE), Notes.of("space-0", FILE));
    assertThat(reader.evidence(List.of()).logs().get(0).files()).hasSize(2);
  }

  @Test
  void notesThatAreNotThereOrHalfWrittenAreNoNotes() throws IOException {
    assertThatThrownBy(() -> reader.read(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    Path half = folder.resolve("half");
    Files.writeString(half, "{\"note\":\"written\",\"dev");
    assertThatThrownBy(() -> reader.read(half)).isInstanceOf(DecodeException.class);
  }
}
