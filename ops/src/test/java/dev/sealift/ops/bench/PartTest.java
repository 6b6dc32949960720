package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PartTest {
  /** Innermost first. */
  private static Part of(String... frames) {
    return Part.of(Arrays.stream(frames)
        .map(frame -> frame.split("#"))
        .map(frame -> new StackTraceElement(frame[0], frame[1], null, -1))
        .toArray(StackTraceElement[]::new));
  }

  @Test
  void theInnermostCodeOfOursHasTheTime() {
    assertThat(of(
            "java.util.zip.Deflater#deflate",
            "dev.sealift.client.pack.Deflated#of",
            "dev.sealift.client.sync.Outbox#pack"))
        .isEqualTo(Part.PACKING);
  }

  @Test
  void whoeverAskedTheDatabaseHasItsTime() {
    assertThat(of(
            "org.sqlite.core.NativeDB#step",
            "dev.sealift.client.store.JdbcStatement#run",
            "dev.sealift.client.store.Journal#flush",
            "dev.sealift.client.store.Writer#commit"))
        .isEqualTo(Part.JOURNAL);
  }

  @Test
  void aCommitIsTheDisks() {
    assertThat(of(
            "org.sqlite.core.NativeDB#_exec",
            "dev.sealift.client.store.JdbcDb#commit",
            "dev.sealift.client.store.Writer#commit"))
        .isEqualTo(Part.DISK);
  }

  @Test
  void whatNobodyOfOursAskedForIsElse() {
    assertThat(of("java.lang.Thread#run")).isEqualTo(Part.OTHER);
  }

  @Test
  void everyPartNamesCodeThatIsThere() throws Exception {
    assertThat(Class.forName("dev.sealift.client.store.JdbcDb").getDeclaredMethod("commit"))
        .isNotNull();
    for (String name : new String[] {
      "client.store.Journal",
      "client.store.FileLog",
      "client.store.Settings",
      "client.store.PendingWalk",
      "client.store.RunBuilder",
      "client.sync.SpaceRecords",
      "client.sync.LogVerifier",
      "client.sync.SyncLoop$Inbox",
      "client.sync.SyncLoop$Outgoing",
      "client.sync.JdkTransport",
      "client.Row",
      "client.Table"
    }) {
      Class<?> type = Class.forName("dev.sealift." + name);
      Part part = of(type.getName() + "#" + (name.endsWith("Inbox") ? "poll" : "any"));
      assertThat(part).as(name).isNotIn(Part.OTHER, Part.ROWS);
    }
  }
}
