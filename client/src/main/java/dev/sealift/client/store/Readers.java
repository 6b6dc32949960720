package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The connections that read. Any thread may take one; it goes back when its reading is done. */
final class Readers implements AutoCloseable {
  /** Connections kept open for the next reader. */
  private static final int MAX_IDLE = 4;

  /** Results open at once. More are results that nobody closes. */
  private static final int MAX_OPEN = 64;

  private final Supplier<Db> opener;
  private final Deque<Reader> idle = new ArrayDeque<>();
  private final Set<Reader> taken = new HashSet<>();
  private final Map<Reader, QueryResult> results = new HashMap<>();
  private boolean closed;

  Readers(Supplier<Db> opener) {
    this.opener = opener;
  }

  synchronized Reader take() {
    if (closed) {
      throw new StoreException(Code.CLOSED, "the space was closed");
    }
    if (taken.size() == MAX_OPEN) {
      throw new StoreException(
          Code.TOO_MANY_QUERIES,
          "there are " + MAX_OPEN + " open query results; close each after reading it");
    }
    Reader reader = idle.isEmpty() ? new Reader(opener.get()) : idle.pop();
    taken.add(reader);
    return reader;
  }

  synchronized void giveBack(Reader reader) {
    results.remove(reader);
    if (!taken.remove(reader)) {
      return;
    }
    if (idle.size() < MAX_IDLE) {
      reader.allowAnyTime();
      idle.push(reader);
    } else {
      reader.close();
    }
  }

  synchronized void opened(Reader reader, QueryResult result) {
    results.put(reader, result);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized boolean hasResults() {
    return !results.isEmpty();
  }

  /** Ends the results that were asked for longer ago. */
  synchronized void endResults(long ageNanos) {
    // None is given back meanwhile, so nobody else's reading is interrupted.
    results.values().forEach(result -> result.end(ageNanos));
  }

  <T> T read(Function<Reader, T> work) {
    Reader reader = take();
    try {
      return work.apply(reader);
    } finally {
      giveBack(reader);
    }
  }

  /** Ends the reading that is under way. */
  @Override
  public synchronized void close() {
    closed = true;
    taken.forEach(Reader::interrupt);
    taken.forEach(Reader::close);
    taken.clear();
    results.clear();
    idle.forEach(Reader::close);
    idle.clear();
  }
}
