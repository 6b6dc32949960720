package dev.sealift.ops.chaos.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookTest {
  /** Takes no byte. */
  private static final Path FULL = Path.of("/dev/full");

  @TempDir
  private Path folder;

  private static JsonObject note(int number) {
    return new JsonObject().put("number", number);
  }

  @Test
  void allNotesAreInTheFileOnceItIsFlushed() throws IOException {
    Path file = folder.resolve("notes");
    try (Notebook notebook = new Notebook(file)) {
      for (int number = 1; number <= 3; number++) {
        notebook.note(note(number));
      }
      notebook.flush();
      assertThat(Files.readAllLines(file)).hasSize(3);
    }
  }

  @Test
  void aNoteThatDidNotGetToTheDiskFailsWhoeverReliesOnIt() throws IOException {
    assumeTrue(Files.exists(FULL), "a system with /dev/full");
    AtomicBoolean counted = new AtomicBoolean();
    Notebook notebook = new Notebook(FULL);
    notebook.note(note(1), () -> counted.set(true));
    assertThatThrownBy(notebook::flush).isInstanceOf(IOException.class);
    assertThatThrownBy(notebook::close).isInstanceOf(IOException.class);
    assertThat(counted).isFalse();
  }
}
