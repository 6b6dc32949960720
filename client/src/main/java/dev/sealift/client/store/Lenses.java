package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lenses that the app has declared since it opened the store, for SQL. One that it has not declared yet shows nothing. For any thread.
 *
 * <pre>
 * sealift_lens(name, version, type, value)         what it makes of the value; null when it fails
 * sealift_lens_fails(name, version, type, value)   1 when it fails, or makes what the type does not take
 * </pre>
 */
final class Lenses {
  private static final String APPLY = "sealift_lens";
  private static final String FAILS = "sealift_lens_fails";
  private static final int ARGUMENTS = 4;

  private final Map<Named, Lens> lenses = new ConcurrentHashMap<>();

  private record Named(String name, long version) {}

  void add(Lens lens) {
    lenses.put(new Named(lens.name(), lens.version()), lens);
  }

  /** On each connection, before anything is asked. */
  void register(Db db) {
    db.function(APPLY, ARGUMENTS, arguments -> apply(arguments).orElse(Value.NULL));
    db.function(FAILS, ARGUMENTS, arguments -> Value.of(apply(arguments).isEmpty() ? 1 : 0));
  }

  /** Empty when it fails. */
  private Optional<Value> apply(List<Value> arguments) {
    if (!(arguments.get(0) instanceof Value.Text name)
        || !(arguments.get(1) instanceof Value.Int version)
        || !(arguments.get(2) instanceof Value.Text type)) {
      return Optional.of(Value.NULL);
    }
    Lens lens = lenses.get(new Named(name.value(), version.value()));
    Value value = arguments.get(3);
    return lens == null || value == Value.NULL
        ? Optional.of(Value.NULL)
        : apply(lens, ColumnType.named(type.value()), value);
  }

  private static Optional<Value> apply(Lens lens, ColumnType type, Value value) {
    try {
      return Optional.of(lens.apply(value)).filter(type::accepts);
    } catch (RuntimeException e) {
      return Optional.empty(); // the app's own function, which does not know every value
    }
  }

  /** What it makes of a column; both are names of the real table. */
  static String apply(AppColumn.Seen through, ColumnType type, String source) {
    return call(APPLY, through, type, source);
  }

  static String fails(AppColumn.Seen through, ColumnType type, String source) {
    return call(FAILS, through, type, source);
  }

  /** A lens's name has no quote. */
  private static String call(
      String function, AppColumn.Seen through, ColumnType type, String source) {
    return function + "('" + through.lens() + "', " + through.version() + ", '" + type + "', "
        + source + ")";
  }
}
