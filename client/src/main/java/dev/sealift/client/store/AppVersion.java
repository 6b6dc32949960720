package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** The version of this device's app, and the one that the space asks for. Changed by the writer, read by anybody. */
final class AppVersion {
  private static final String SETTING = Settings.OWN_PREFIX + "app-version";

  private final Settings settings;
  private volatile State state = new State(OptionalInt.empty(), 0);

  /**
   * What of it is known at a time.
   *
   * @param own empty as long as no app has declared anything here: a tool may always write
   */
  private record State(OptionalInt own, int minimum) {
    boolean isTooOld() {
      return own.isPresent() && own.getAsInt() < minimum;
    }
  }

  AppVersion(Settings settings) {
    this.settings = settings;
  }

  /** As the database has it. */
  void load(int minimum) {
    OptionalInt own = settings
        .get(SETTING)
        .map(kept -> OptionalInt.of(ByteBuffer.wrap(kept).getInt()))
        .orElse(OptionalInt.empty());
    state = new State(own, minimum);
  }

  /** The app has said which it is; 0 of one without a version. */
  void use(int version) {
    if (state.own().isEmpty() || state.own().getAsInt() != version) {
      settings.put(SETTING, ByteBuffer.allocate(Integer.BYTES).putInt(version).array());
      state = new State(OptionalInt.of(version), state.minimum());
    }
  }

  /** The space asks for this. */
  void require(int minimum) {
    state = new State(state.own(), minimum);
  }

  /** What the space asks for; 0 when it takes any. */
  int minimum() {
    return state.minimum();
  }

  /** Whether nothing may be written here until the app is updated. */
  boolean isTooOld() {
    return state.isTooOld();
  }

  void requireNewEnough() {
    State now = state;
    if (now.isTooOld()) {
      throw new StoreException(
          Code.APP_TOO_OLD,
          "the space asks for version " + now.minimum() + " of the app, and this is version "
              + now.own().getAsInt()
              + ": update the app to write; reading and receiving go on");
    }
  }
}
