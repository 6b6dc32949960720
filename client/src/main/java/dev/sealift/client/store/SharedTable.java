package dev.sealift.client.store;

import org.jspecify.annotations.Nullable;

/**
 * What the space says of a table.
 *
 * @param key the name of its key; null as long as its declaration has not arrived
 * @param shown what newer versions of the app call it; null when it was never renamed
 * @param dropped whether it is hidden from apps that do not declare it
 */
record SharedTable(@Nullable String key, @Nullable String shown, boolean dropped) {
  static final SharedTable NOTHING = new SharedTable(null, null, false);
}
