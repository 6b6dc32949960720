package dev.sealift.ops.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import jdk.jfr.Configuration;

/** Flight recordings: of this JVM, and of those it starts. */
final class Recording implements AutoCloseable {
  private static final String SETTINGS = "profile";

  private final Optional<jdk.jfr.Recording> recording;

  private Recording(Optional<jdk.jfr.Recording> recording) {
    this.recording = recording;
  }

  /** Records this JVM until it is closed, or does nothing. */
  static Recording into(Optional<Path> file) throws IOException, ParseException {
    if (file.isEmpty()) {
      return new Recording(Optional.empty());
    }
    jdk.jfr.Recording recording = new jdk.jfr.Recording(Configuration.getConfiguration(SETTINGS));
    recording.setDestination(file.get());
    recording.start();
    return new Recording(Optional.of(recording));
  }

  /** What a JVM that records itself until its end is started with. */
  static List<String> flags(Path file) {
    return List.of("-XX:StartFlightRecording=settings=" + SETTINGS + ",dumponexit=true,filename="
        + file.toAbsolutePath());
  }

  @Override
  public void close() {
    recording.ifPresent(jdk.jfr.Recording::close);
  }
}
