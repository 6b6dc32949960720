package dev.sealift.client.store;

/**
 * Which loser is meant.
 *
 * @param key the row's
 * @param cell the column's, or the marker for the row itself
 * @param time the bits of the hybrid time of the event that lost
 * @param device its author, by this store's numbers
 */
record Loser(String key, int cell, long time, int device) {}
