package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.BASE_FALSE;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.TIME_BROKEN;
import static dev.sealift.ops.hostile.Expected.confirmed;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import java.util.stream.Stream;

/** A mesh that admits what none may, numbers it, and signs it. */
final class AdmittedLies {
  private AdmittedLies() {}

  static List<Lie> all() {
    return Stream.concat(byTheMeshAlone().stream(), Forgeries.all().stream().map(Forgery::admitted))
        .toList();
  }

  private static List<Lie> byTheMeshAlone() {
    return List.of(
        lie(
            "garbage-admitted",
            "puts bytes into the log that are no file",
            LOG_ALTERED,
            stage -> stage
                .log()
                .with(
                    ByteString.copyFrom(FileLies.bytes(stage, 200)),
                    ByteString.EMPTY,
                    later(stage),
                    0)),
        lie(
            "base-false",
            "gives a file another place to build on than follows from the log",
            BASE_FALSE,
            stage -> {
              Pen.Written file = next(stage);
              return stage
                  .log()
                  .with(
                      file.header(),
                      file.payload(),
                      later(stage),
                      stage.log().base(author(stage)) + 1);
            }),
        lie(
            "time-that-does-not-rise",
            "gives a file the server time of the one before it",
            TIME_BROKEN,
            stage -> {
              Pen.Written file = next(stage);
              return stage
                  .log()
                  .with(
                      file.header(),
                      file.payload(),
                      stage.log().lastMillis(),
                      stage.log().base(author(stage)));
            }));
  }

  /** A log that no mesh may sign. */
  interface Making {
    ForgedLog make(Stage stage);
  }

  private static Lie lie(String name, String what, Violation named, Making making) {
    return Lie.of(name, Lie.By.MESH, what, Scene.CONNECTED, confirmed(named), showing(making));
  }

  /** Brings the device what it does not hold of such a log. */
  static Lie.Telling showing(Making making) {
    return Twists.bring(stage -> List.of(
        Twists.files(making.make(stage).files(stage.victim().position(), 9, stage.nowMillis()))));
  }

  private static DeviceId author(Stage stage) {
    return stage.founder().id();
  }

  private static Pen.Written next(Stage stage) {
    return stage.pen().next(stage.log(), stage.nowMillis());
  }

  private static long later(Stage stage) {
    return Math.max(stage.nowMillis(), stage.log().lastMillis() + 1);
  }
}
