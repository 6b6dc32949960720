package dev.sealift.ops.support;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Someone who founds a space and someone who joins it: a little of everything that a mesh does. */
public final class TwoDevices implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Sealift founder;
  private final Sealift guest;
  private final Space founded;
  private final Space joined;
  private final String link;

  /** A space is founded on the mesh, and joined, and both devices show the same. */
  public TwoDevices(Path folder, URI mesh, String space, String table, String column)
      throws Exception {
    founder = Sealift.open(folder.resolve("founder"));
    guest = Sealift.open(folder.resolve("guest"));
    founded = founder.create(space, Schema.of(Schema.table(table, "id").text(column)));
    founded.connect(mesh);
    put(table, "first", column, "before");
    link = founded.invite();
    joined = guest.join(link);
    joined.connect();
    awaitSame();
  }

  /** Writes at the founder; returns when it is durable in the mesh. */
  public void put(String table, String key, String column, String value) throws Exception {
    founded.table(table).put(key, Row.of(column, value));
    founded.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Returns when both show the same. */
  public void awaitSame() {
    Await.until(
        DEADLINE,
        () -> founded.digest().equals(joined.digest()),
        () -> "the guest has " + joined.status());
  }

  /** The invitation that the guest came by. */
  public String link() {
    return link;
  }

  public Space founded() {
    return founded;
  }

  @Override
  public void close() {
    founder.close();
    guest.close();
  }
}
