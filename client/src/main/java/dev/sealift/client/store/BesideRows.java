package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
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

  /**
   * @param select has the key in its first column, in the order of which it stands
   * @param counts whether a line is wanted
   */
  static <T> BesideRows<T> all(
      Statement select, Predicate<Statement> counts, Function<Statement, T> reading) {
    return new BesideRows<>(select, reading) {
      private @Nullable String key = advance();

      private @Nullable String advance() {
        while (select.next()) {
          if (counts.test(select)) {
            return select.text(1);
          }
        }
        return null;
      }

      @Override
      List<T> at(String wanted) {
        if (key == null || CodePoints.compare(key, wanted) > 0) {
          return List.of();
        }
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

  /**
   * Row by row, in one go as well where there is something of each: it looks no further than to the next key, and passes over what lies between by looking for the row's own.
   *
   * @param select has the key in its first column, in the order of which it stands, from one on
   * @param keyAt the parameter for that one
   * @param counts whether a line is wanted
   */
  static <T> BesideRows<T> some(
      Statement select, int keyAt, Predicate<Statement> counts, Function<Statement, T> reading) {
    return new BesideRows<>(select, reading) {
      private final Ascending keys = new Ascending(select, keyAt, 1);

      @Override
      List<T> at(String key) {
        if (!keys.isAt(key)) {
          return List.of();
        }
        List<T> found = new ArrayList<>();
        do {
          if (counts.test(select)) {
            found.add(reading.apply(select));
          }
        } while (keys.goesOn());
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
