/**
 * What a cell can hold, and the bounds of what can be named and stored.
 *
 * <p>Values are compared, hashed and counted by one canonical encoding, so that two devices that
 * hold the same value agree on it byte for byte whatever database, language or platform they run
 * on. {@link dev.sealift.client.value.Value} says how it looks; {@link
 * dev.sealift.client.value.ValueLimits} has every bound with its reason.
 */
@NullMarked
package dev.sealift.client.value;

import org.jspecify.annotations.NullMarked;
