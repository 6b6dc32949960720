package dev.sealift.client;

import dev.sealift.client.sync.Violation;
import java.time.Instant;

/**
 * What a mesh was caught at, of which there is evidence.
 *
 * @param name for {@link Space#exportEvidence}, in hexadecimal
 * @param sequence how far this device had the log
 * @param at when, by this device's estimate of the mesh's clock
 */
public record Caught(String name, Violation violation, long sequence, Instant at) {}
