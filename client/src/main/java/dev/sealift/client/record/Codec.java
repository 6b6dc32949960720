package dev.sealift.client.record;

import com.google.gson.JsonElement;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;

/**
 * How one Java type stands in a cell, and inside JSON. Null is none of its business. What it reads may come from another device and another
 * app: it is taken exactly as it was meant, or refused.
 */
interface Codec {
  /** The type of a column for it. */
  ColumnType column();

  /**
   * @throws dev.sealift.client.value.InvalidValueException for what cannot be stored
   * @throws dev.sealift.client.error.SealiftException for what cannot be written
   */
  Value value(Object object);

  Object object(Value value) throws MisfitException;

  /**
   * @param depth how many arrays and objects are around it
   * @throws dev.sealift.client.error.SealiftException for what cannot be written
   */
  JsonElement json(Object object, int depth);

  /**
   * @param json not null
   */
  Object object(JsonElement json) throws MisfitException;
}
