package dev.sealift.ops.hostile;

import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import java.time.Duration;

/** What happens around a lie, so that there is an opportunity to tell it. */
interface Scene {
  /** @param lies to be called once, when everything is ready for the liar */
  void play(Stage stage, Runnable lies);

  /** The device was away while others wrote three files; it comes back, and gets them in one frame. */
  Scene BEHIND = (stage, lies) -> {
    stage.victim().disconnect();
    for (int i = 0; i < 3; i++) {
      stage.write(i == 1 ? stage.other() : stage.founder());
      stage.settle();
    }
    lies.run();
    stage.victim().connect();
  };

  /** The device holds everything, and is connected. */
  Scene CONNECTED = (stage, lies) -> lies.run();

  /** The device holds everything, and asks how far the log is. */
  Scene ASKS = (stage, lies) -> {
    lies.run();
    stage.victim().ask();
  };

  /** The device writes while it is connected. */
  Scene WRITES = (stage, lies) -> {
    lies.run();
    stage.write(stage.victim());
  };

  /** The device connects anew, and there is nothing new. */
  Scene RETURNS = (stage, lies) -> returns(stage, Duration.ZERO, lies);

  /** As above, after longer than the clocks of a mesh's parts are apart. */
  Scene RETURNS_LATER = (stage, lies) -> returns(stage, Duration.ofMinutes(20), lies);

  private static void returns(Stage stage, Duration after, Runnable lies) {
    BedDevice victim = stage.victim();
    victim.disconnect();
    victim.connect();
    stage.settle(); // so that it has just been told the truth
    victim.disconnect();
    stage.bed().pass(after.toMillis());
    lies.run();
    victim.connect();
  }

  /** Somebody comes with a link. */
  Scene JOINS = (stage, lies) -> {
    Bed.Invited invited = stage.bed().invite();
    stage.noteTruth();
    BedDevice newcomer = stage.bed().newcomer("newcomer" + stage.nowMillis(), invited);
    stage.victim(newcomer);
    lies.run();
    newcomer.connect();
  };

  /** The device was away while others wrote and compacted, and the mesh has let go of the files. */
  Scene BY_A_STEP = (stage, lies) -> {
    stage.victim().disconnect();
    for (int i = 0; i < 8; i++) {
      stage.write(i % 2 == 0 ? stage.founder() : stage.other());
      stage.settle();
    }
    if (!stage.founder().compactFrom(1)) {
      throw new NotSettledException("nothing to compact");
    }
    stage.settle();
    stage.bed().pass(Duration.ofMinutes(2).toMillis()); // what others say of it
    stage.settle();
    if (stage.bed().reclaim() == 0) {
      throw new NotSettledException("the mesh lets go of nothing");
    }
    lies.run();
    stage.victim().connect();
  };
}
