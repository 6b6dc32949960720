package dev.sealift.ops.bench;

import dev.sealift.client.Options;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is measured, and how much of it.
 *
 * @param rows of data, in all spaces together
 * @param rowBytes about so many bytes a row, key included
 * @param devices in each space: one writes, the others read
 * @param spaces the rows are spread over
 * @param store what the mesh keeps files in
 * @param cluster whether each verticle of the mesh has a process of its own
 * @param postgres where PostgreSQL's programs are; empty to look for them
 * @param rounds that count
 * @param warmUp rounds before them, which do not
 * @param only the rows of the table that are wanted
 * @param connections idle ones
 * @param files small ones, for the admission rows and postgres-commit
 * @param fileBytes of their payloads
 * @param writes single ones, for propagation and for writes in a transaction of their own
 * @param encrypted whether homes have a passphrase and encrypted stores; not those of idle devices and of compaction
 * @param parts whether to tell where the time of writing, uploading and first sync goes
 * @param profile folder for flight recordings of all JVMs; empty for none
 */
public record BenchPlan(
    int rows,
    int rowBytes,
    int devices,
    int spaces,
    Store store,
    boolean cluster,
    Optional<Path> postgres,
    int rounds,
    int warmUp,
    Set<BenchRow> only,
    int connections,
    int files,
    int fileBytes,
    int writes,
    boolean encrypted,
    boolean parts,
    Optional<Path> profile) {

  /** What the mesh keeps files in. */
  public enum Store {
    SQLITE,
    POSTGRES;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public BenchPlan {
    only = EnumSet.copyOf(only);
  }

  /** How homes are opened. */
  Options home() {
    return encrypted
        ? Options.defaults().passphrase("measured".toCharArray()).requireEncryption()
        : Options.defaults();
  }

  int rowsOfOneSpace() {
    return rows / spaces;
  }
}
