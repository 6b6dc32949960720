/** Compactions: which of them stand, by what devices say of them in the log. */
@NullMarked
package dev.sealift.protocol.compaction;

import org.jspecify.annotations.NullMarked;
