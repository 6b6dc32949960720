package dev.sealift.client.sync;

import dev.sealift.client.error.SealiftException;
import java.util.Optional;

/**
 * How the exchange stands, for people and programs.
 *
 * @param position the last log sequence held
 * @param logSize the largest that the log is known to have
 * @param answered the last question for the mesh's present head that this has taken into account; see {@link SyncLoop}
 * @param problem why it does not go on, or had to start again; beside {@code UP_TO_DATE}, what it goes on without; empty when all is well
 */
public record SyncReport(
    SyncState state,
    long position,
    long logSize,
    long answered,
    Optional<SealiftException> problem) {}
