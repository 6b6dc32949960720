package dev.sealift.ops.hostile;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Welcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Ways to lie. */
final class Twists {
  private Twists() {}

  // Frames

  /** Every frame that it changes is a lie. */
  static Teller twisting(Stage stage, UnaryOperator<Frame> twist) {
    return new Teller() {
      @Override
      public List<Frame> toDevice(Talk talk, Frame frame) {
        return List.of(heard(stage, frame, twist.apply(frame)));
      }
    };
  }

  static Frame heard(Stage stage, Frame before, Frame now) {
    if (!now.equals(before)) {
      stage.told();
    }
    return now;
  }

  /** Twists what the device is pushed, where that has so many entries. */
  static Teller pushed(Stage stage, int entries, UnaryOperator<Files> twist) {
    return twisting(
        stage,
        frame -> isPushed(frame) && frame.getFiles().getEntriesCount() >= entries
            ? files(twist.apply(frame.getFiles()))
            : frame);
  }

  static boolean isPushed(Frame frame) {
    return frame.hasFiles() && frame.getFiles().getRequest() == 0;
  }

  static Frame files(Files files) {
    return Frame.newBuilder().setFiles(files).build();
  }

  /** Twists one of the entries, which is drawn. */
  static Lie.Telling entry(UnaryOperator<LogEntry> twist) {
    return stage -> pushed(stage, 3, files -> entry(files, stage.between(0, 2), twist));
  }

  static Files entry(Files files, int index, UnaryOperator<LogEntry> twist) {
    return files.toBuilder()
        .setEntries(index, twist.apply(files.getEntries(index)))
        .build();
  }

  /** Twists all of a frame of three. */
  static Lie.Telling three(UnaryOperator<Files> twist) {
    return stage -> pushed(stage, 3, twist);
  }

  static Lie.Telling threeOn(BiFunction<Stage, Files, Files> twist) {
    return stage -> pushed(stage, 3, files -> twist.apply(stage, files));
  }

  /** Twists a frame of a kind. */
  static Lie.Telling each(Frame.BodyCase kind, Consumer<Frame.Builder> twist) {
    return eachOn(kind, (stage, frame) -> twist.accept(frame));
  }

  interface Twist {
    void twist(Stage stage, Frame.Builder frame);
  }

  static Lie.Telling eachOn(Frame.BodyCase kind, Twist twist) {
    return stage -> twisting(stage, frame -> {
      if (frame.getBodyCase() != kind) {
        return frame;
      }
      Frame.Builder told = frame.toBuilder();
      twist.twist(stage, told);
      return told.build();
    });
  }

  /** What the mesh signs for the device's connection in place of its Welcome. */
  interface Welcoming {
    void twist(Stage stage, Welcome.Builder welcome);
  }

  static Lie.Telling welcome(Welcoming twist) {
    return stage -> new Teller() {
      @Override
      public List<Frame> toDevice(Talk talk, Frame frame) {
        if (!frame.hasWelcome()) {
          return List.of(frame);
        }
        Welcome.Builder welcome = frame.getWelcome().toBuilder();
        twist.twist(stage, welcome);
        return List.of(heard(stage, frame, stage.signed(talk, welcome)));
      }
    };
  }

  /** Brings frames to a device that is connected and holds everything, once. */
  interface Bringing {
    List<Frame> frames(Stage stage);
  }

  static Lie.Telling bring(Bringing lies) {
    return stage -> new Teller() {
      @Override
      public void begin() {
        lies.frames(stage).forEach(frame -> {
          stage.talk(stage.victim()).bring(frame);
          stage.told();
        });
      }
    };
  }

  /** Answers a Put otherwise, and keeps the log from the device, so that only the answer can tell. */
  interface Answering {
    void twist(Stage stage, PutResult.Builder result);
  }

  static Lie.Telling receipt(Answering twist) {
    return stage -> new Teller() {
      @Override
      public List<Frame> toDevice(Talk talk, Frame frame) {
        if (!frame.hasPutResult()) {
          return frame.hasFiles() || frame.hasAdvanced() ? List.of() : List.of(frame);
        }
        PutResult.Builder result = frame.getPutResult().toBuilder();
        twist.twist(stage, result);
        return List.of(
            heard(stage, frame, Frame.newBuilder().setPutResult(result).build()));
      }
    };
  }

  // Bytes

  static ByteString flipped(ByteString bytes, int index) {
    byte[] copy = bytes.toByteArray();
    copy[index] ^= 1;
    return ByteString.copyFrom(copy);
  }

  static LogEntry withHeader(LogEntry entry, ByteString header) {
    return entry.toBuilder().setSignedHeader(header).build();
  }

  static LogEntry without(LogEntry entry, PayloadAbsence absence) {
    return entry.toBuilder().clearPayload().setAbsence(absence).build();
  }

  static Files swapped(Files files, int one, int other) {
    List<LogEntry> entries = new ArrayList<>(files.getEntriesList());
    Collections.swap(entries, one, other);
    return files.toBuilder().clearEntries().addAllEntries(entries).build();
  }
}
