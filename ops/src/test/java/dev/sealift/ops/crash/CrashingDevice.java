package dev.sealift.ops.crash;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Value;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A device in a process of its own: goes on where the last one of this home was killed, writes numbered batches, says of each when it
 * is durable here ({@code written N}) and in the mesh ({@code durable N}), and ends when all are.
 *
 * <p>Each batch writes rows of its own and rewrites a row that every batch rewrites, so that something doubled, lost or brought
 * back shows.
 */
public final class CrashingDevice {
  static final String SPACE = "crash";
  static final String TABLE = "entries";
  static final int ROWS_A_BATCH = 50;

  private CrashingDevice() {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    URI mesh = URI.create(arguments[1]);
    int batches = Integer.parseInt(arguments[2]);
    try (Sealift sealift = Sealift.open(home)) {
      Space space = space(sealift);
      long last = lastBatch(space);
      System.out.println("resumed " + last);
      space.connect(mesh);
      for (long batch = last + 1; batch <= batches; batch++) {
        write(space, batch);
        System.out.println("written " + batch);
        sayWhenDurable(space, batch);
      }
      space.whenUpToDate().get(120, TimeUnit.SECONDS);
      System.out.println("digest " + space.digest());
      System.out.println("link " + space.invite());
    } catch (SealiftException e) {
      System.out.println("failed " + e.code() + " " + e.getMessage());
      throw e;
    }
  }

  private static Space space(Sealift sealift) {
    Schema schema = Schema.of(Schema.table(TABLE, "id").integer("batch").text("text"));
    if (!sealift.spaces().contains(SPACE)) {
      return sealift.create(SPACE, schema);
    }
    Space space = sealift.space(SPACE);
    space.declare(schema); // the process may have been killed between the space and its schema
    return space;
  }

  private static long lastBatch(Space space) {
    try (QueryResult rows = space.query("select max(batch) from " + TABLE)) {
      return rows.next() && rows.value(0) instanceof Value.Int last ? last.value() : 0;
    }
  }

  private static void write(Space space, long batch) {
    space.write(writes -> {
      for (int row = 0; row < ROWS_A_BATCH; row++) {
        writes.put(
            TABLE, "b" + batch + "-" + row, Row.of("batch", batch, "text", text(batch, row)));
      }
      writes.patch(TABLE, "rewritten", Row.of("batch", batch, "text", text(batch, -1)));
      writes.remove(TABLE, "b" + (batch - 1) + "-0");
    });
  }

  /** Different for each, and long enough that a few batches fill a page. */
  static String text(long batch, int row) {
    return "text of row " + row + " in batch " + batch + " "
        + Long.toHexString(batch * 31 + row).repeat(4);
  }

  private static void sayWhenDurable(Space space, long batch) {
    space.whenDurable().thenRun(() -> System.out.println("durable " + batch));
  }
}
