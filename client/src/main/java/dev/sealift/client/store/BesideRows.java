package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a table's rows, by their keys: read in one go along with them, or row by row.
 *
 * @param <T> what there is of it
 */
abstract class BesideRows<T> implements AutoCloseable {
  private final Statement select;
  private final Function<Statement, T> reading;

  private BesideRows(Statement select, Function<Statement, T> reading) {
    this.select = select;
    this.reading = reading;
  }

  /** All of it that is a row's. Keys ascend from call to call. */
  abstract List<T> at(String key);

  /** The next key that has something of it, of one that is read in one go. */
  abstract @Nullable String next();

  @Override
  public void close() {
    select.close();
  }

  /** @param select has the key in its first column, in the order of which it stands */
  static <T> BesideRows<T> all(Statement select, Function<Statement, T> reading) {
    return new BesideRows<>(select, reading) {
      private @Nullable String key = advance();

      private @Nullable String advance() {
        return select.next() ? select.text(1) : null;
      }

      @Override
      List<T> at(String wanted) {
        List<T> found = new ArrayList<>();
        while (key != null && CodePoints.compare(key, wanted) <= 0) {
          if (key.equals(wanted)) {
            found.add(reading.apply(select));
          }
          key = advance();
        }
        return found;
      }

      @Override
      @Nullable
      String next() {
        return key;
      }
    };
  }

  /** @param keyAt the parameter for the key */
  static <T> BesideRows<T> one(Statement select, int keyAt, Function<Statement, T> reading) {
    return new BesideRows<>(select, reading) {
      @Override
      List<T> at(String key) {
        List<T> found = new ArrayList<>();
        select.bind(keyAt, key);
        try {
          while (select.next()) {
            found.add(reading.apply(select));
          }
        } finally {
          select.reset();
        }
        return found;
      }

      @Override
      @Nullable
      String next() {
        return null;
      }
    };
  }
}
