package dev.sealift.ops.hostile;

import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.proto.Frame;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A kind of lie.
 *
 * @param name by which it is asked for
 * @param by who can tell it
 * @param what it does, in a sentence
 * @param scene around it
 * @param expected what the device has to answer
 * @param end what comes behind it
 * @param told sets the liar to work on a stage; has to say there when the lie is told
 */
record Lie(
    String name,
    By by,
    String what,
    Scene scene,
    Expected expected,
    End end,
    Consumer<Stage> told) {

  /** Who can. */
  enum By {
    /** Somebody on the way, without any key. */
    PROXY,
    /** A mesh that signs what it likes, in league with a member. */
    MESH,
    /** The store under an honest mesh. */
    STORE,
    /** A member, by what he compacts. */
    MEMBER
  }

  /** What comes behind it. */
  enum End {
    /** Once the truth is told again, the device goes on to it, and other lies may follow. */
    OVERCOME,
    /** The same, but the stage is of no use for other lies. */
    OVERCOME_LAST,
    /** The device holds what the notary has signed, and stands by it: it stops until people have settled it. */
    STOPPED
  }

  boolean isLast() {
    return end != End.OVERCOME;
  }

  boolean isCounted() {
    return !(expected instanceof Expected.Survived);
  }

  Lie last() {
    return new Lie(name, by, what, scene, expected, End.OVERCOME_LAST, told);
  }

  Lie stopped() {
    return new Lie(name, by, what, scene, expected, End.STOPPED, told);
  }

  /** Whether it can be told in one frame with others of its like. */
  boolean isOfAFrame() {
    return scene == Scene.BEHIND
        && by == By.PROXY
        && expected instanceof Expected.Named named
        && named.conclusion().isPresent();
  }

  /** Both at once, in one frame: the device names whichever it comes to first. */
  Lie and(Lie other) {
    Expected.Named one = (Expected.Named) expected;
    Expected.Named two = (Expected.Named) other.expected;
    Set<Violation> either = new HashSet<>(one.violations());
    either.addAll(two.violations());
    return new Lie(
        name + " and " + other.name,
        by,
        what + ", and " + other.what,
        scene,
        new Expected.Named(either, one.conclusion()),
        End.OVERCOME,
        stage -> {
          told.accept(stage);
          Teller first = stage.teller();
          other.told.accept(stage);
          Teller second = stage.teller();
          stage.tell(new Teller() {
            @Override
            public List<Frame> toDevice(Talk talk, Frame frame) {
              return first.toDevice(talk, frame).stream()
                  .flatMap(next -> second.toDevice(talk, next).stream())
                  .toList();
            }
          });
        });
  }

  /** A lie on the way. */
  interface Telling {
    Teller on(Stage stage);
  }

  static Lie of(String name, By by, String what, Scene scene, Expected expected, Telling telling) {
    return new Lie(
        name, by, what, scene, expected, End.OVERCOME, stage -> stage.tell(telling.on(stage)));
  }
}
