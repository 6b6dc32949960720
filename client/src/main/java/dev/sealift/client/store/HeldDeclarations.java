package dev.sealift.client.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the app declares while nothing can be written, to be told to the space afterwards. Not kept on the disk: whoever opens the store declares it again. As many as the app has declarations.
 */
final class HeldDeclarations {
  /** By what is declared: doing so again changes nothing. */
  private final Map<Object, Telling> committed = new LinkedHashMap<>();

  private final Map<Object, Telling> ofBatch = new LinkedHashMap<>();
  private boolean told;

  /** Tells the space; what is written has seen the log up to a sequence. */
  interface Telling {
    boolean tell(long seen);
  }

  /** @return false, for nothing is written */
  boolean hold(Object declaration, Telling telling) {
    ofBatch.put(declaration, telling);
    return false;
  }

  boolean isEmpty() {
    return ofBatch.isEmpty();
  }

  /**
   * Tells all that was held before this batch. What the space contradicts by now is for the app to hear when it declares it next.
   *
   * @return whether anything was written
   */
  boolean tell(long seen) {
    boolean wrote = false;
    told = true;
    for (Telling telling : List.copyOf(committed.values())) {
      try {
        wrote |= telling.tell(seen);
      } catch (StoreException e) {
        if (e.code() != StoreException.Code.BAD_SCHEMA) {
          throw e;
        }
      }
    }
    return wrote;
  }

  /** The batch is kept. */
  void commit() {
    if (told) {
      committed.clear();
    }
    committed.putAll(ofBatch);
    rollback();
  }

  /** Nothing of the batch is left. */
  void rollback() {
    told = false;
    ofBatch.clear();
  }
}
