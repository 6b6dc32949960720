package dev.sealift.client.merge;

import dev.sealift.client.value.Value;

/** One of the values of a compound cell, and the event that wrote it. */
public record Part(Stamp stamp, Value value) {}
