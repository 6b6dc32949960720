package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.value.Value;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates that the app merges: what collapsing does to them, and to what is none. */
class UpdatesTest {
  private static final Value MERGED = Value.of(new byte[] {3});

  @TempDir
  Path folder;

  private Sealift sealift;
  private Table table;

  @BeforeEach
  void open() {
    sealift = Sealift.open(folder, Options.defaults().transport(new FakeMesh()));
    Schema schema =
        Schema.of(Schema.table("notes", "id").updates("text").counter("n").set("tags"));
    table = sealift.create("space", schema).table("notes");
  }

  @AfterEach
  void close() {
    sealift.close();
  }

  @Test
  void whatTheAppMakesOfSeveralUpdatesTakesTheirPlace() {
    table.append("k", "text", new byte[] {1});
    table.append("k", "text", new byte[] {2});
    table.collapse("k", "text", updates -> {
      assertThat(updates).containsExactly(new byte[] {1}, new byte[] {2});
      return new byte[] {3};
    });

    assertThat(table.values("k", "text")).containsExactly(MERGED);
    table.collapse("k", "text", updates -> {
      throw new AssertionError("there is nothing to merge");
    });
  }

  @Test
  void whatTheAppFailsToMergeStaysAsItIs() {
    table.append("k", "text", new byte[] {1});
    table.append("k", "text", new byte[] {2});
    IllegalStateException thrown = catchThrowableOfType(
        IllegalStateException.class,
        () -> table.collapse("k", "text", updates -> {
          throw new IllegalStateException("of the app");
        }));

    assertThat(thrown).hasMessage("of the app");
    assertThat(table.values("k", "text")).hasSize(2);
  }

  @Test
  void whatIsNoUpdateIsNotCollapsed() {
    table.increment("k", "n", 1);
    table.add("k", "tags", "port");
    for (String column : new String[] {"n", "tags"}) {
      SealiftException thrown = catchThrowableOfType(
          SealiftException.class, () -> table.collapse("k", column, updates -> updates.get(0)));
      assertThat(thrown.code()).isEqualTo(ErrorCode.INVALID_INPUT);
      assertThat(thrown).hasMessageContaining("UPDATES");
    }
  }
}
