package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import java.util.Optional;

/**
 * What became of a space that a paper key covers.
 *
 * @param space its name in this home
 * @param isNew whether this device has come into it now; else it was here already
 * @param problem why it is not here, or not with all that is in it; empty when it is
 */
public record Restored(String space, boolean isNew, Optional<SealiftException> problem) {}
