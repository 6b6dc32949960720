package dev.sealift.client.store;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a compaction carries of one kind, one after the other in its order, from one state of the database.
 *
 * @param <T> the kind
 */
interface Carry<T> extends AutoCloseable {
  /** The next one; null behind the last. */
  @Nullable
  T next();

  /** All that are left; then it is closed. */
  default void each(Consumer<? super T> out) {
    try (this) {
      for (T one = next(); one != null; one = next()) {
        out.accept(one);
      }
    }
  }

  @Override
  void close();

  /** What a statement selects. */
  static <T> Carry<T> of(Statement select, Function<Statement, T> reading) {
    return new Carry<>() {
      @Override
      public @Nullable T next() {
        return select.next() ? reading.apply(select) : null;
      }

      @Override
      public void close() {
        select.close();
      }
    };
  }
}
