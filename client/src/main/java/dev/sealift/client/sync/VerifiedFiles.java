package dev.sealift.client.sync;

import java.util.List;

/** Files that passed every check, and the log's state once they are durable. */
record VerifiedFiles(List<VerifiedEntry> entries, LogState next) {}
