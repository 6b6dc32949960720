package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.SyncState;
import java.net.URI;
import java.util.Optional;

/**
 * Where a space stands on this device.
 *
 * @param device this device's id in the space, in hexadecimal
 * @param space the space's id, in hexadecimal; empty before its first connection
 * @param mesh where it was last connected to
 * @param member whether the space has this device as a member, as far as this device knows
 * @param ranking which of two writes stays; as a rule the usual one, as long as an invited device has not synced
 * @param position the last file of the log that is held here, counted from 1
 * @param logSize the last file that the log is known to have
 * @param pendingWrites local writes that were not packed yet
 * @param waitingFiles packed files that wait for their receipts
 * @param displacedFiles files by others that were taken over directly, or that a restored mesh has lost, and that the mesh has not taken from here yet. Those that can be put are; others wait for
 *     their authors, or were refused for good
 * @param unreadableFiles files by members that no device can read, and that were passed over
 * @param misfits values that do not fit what this app, or else the space, declares of their columns: see {@link Space#misfits}. Counts 10,000 rows of a table, and not what lenses fail at
 * @param missingVersion the version of the app that the space asks for at least, when this one is older: nothing can be written here until the app is updated. Empty otherwise
 * @param compaction what this device has to do with the space's compactions
 * @param problem why the exchange does not go on, or had to start again; beside {@code UP_TO_DATE}, what it goes on without
 */
public record SpaceStatus(
    String name,
    String device,
    Optional<String> space,
    Optional<URI> mesh,
    SyncState state,
    boolean member,
    Ranking ranking,
    long position,
    long logSize,
    long pendingWrites,
    long waitingFiles,
    long displacedFiles,
    long unreadableFiles,
    long misfits,
    Optional<Integer> missingVersion,
    CompactionStatus compaction,
    Optional<SealiftException> problem) {}
