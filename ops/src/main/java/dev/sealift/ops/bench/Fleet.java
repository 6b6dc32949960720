package dev.sealift.ops.bench;

import dev.sealift.client.Options;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The devices of one round: in each space one that writes, and those that read. */
final class Fleet implements AutoCloseable {
  private final Path folder;
  private final Options home;
  private final CountingTransport sending = new CountingTransport();
  private final CountingTransport receiving = new CountingTransport();
  private final Sealift writing;
  private final List<Sealift> reading = new ArrayList<>();
  private final List<Space> writers = new ArrayList<>();

  /** Opens one home that writes; it has a space for each of {@code spaces}. */
  Fleet(Path folder, Options home, int spaces) {
    this.folder = folder;
    this.home = home;
    this.writing = Sealift.open(folder.resolve("writing"), home.transport(sending));
    for (int i = 0; i < spaces; i++) {
      writers.add(writing.create("space-" + i, SampleRows.schema()));
    }
  }

  List<Space> writers() {
    return List.copyOf(writers);
  }

  /** One more device in each space; it is not connected yet. */
  List<Space> join(String name) {
    Sealift joining = Sealift.open(folder.resolve(name), home.transport(receiving));
    reading.add(joining);
    return writers.stream().map(space -> joining.join(space.invite())).toList();
  }

  /** Lets go of the devices that read. */
  void leave() {
    reading.forEach(Sealift::close);
    reading.clear();
  }

  long sentBytes() {
    return sending.sentBytes();
  }

  long receivedBytes() {
    return receiving.receivedBytes();
  }

  @Override
  public void close() {
    leave();
    writing.close();
  }
}
