/** The device: store, merge, vault, sync, compaction, public API. A plain JVM is enough for it. */
@NullMarked
package dev.sealift.client;

import org.jspecify.annotations.NullMarked;
