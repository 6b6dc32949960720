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
  private final CountingTransport sending = new CountingTransport();
  private final CountingTransport receiving = new CountingTransport();
  private final Sealift writing;
  private final List<Sealift> reading = new ArrayList<>();
  private final List<Space> writers = new ArrayList<>();

  /** Opens one home that writes; it has a space for each of {@code spaces}. */
  Fleet(Path folder, int spaces) {
    this.folder = folder;
    this.writing = Sealift.open(folder.resolve("writing"), Options.defaults().transport(sending));
    for (int i = 0; i < spaces; i++) {
      writers.add(writing.create("space-" + i, SampleRows.schema()));
    }
  }

  List<Space> writers() {
    return List.copyOf(writers);
  }

  /** One more device in each space; it is not connected yet. */
  List<Space> join(String name) {
    Sealift home = Sealift.open(folder.resolve(name), Options.defaults().transport(receiving));
    reading.add(home);
    return writers.stream().map(space -> home.join(space.invite())).toList();
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
