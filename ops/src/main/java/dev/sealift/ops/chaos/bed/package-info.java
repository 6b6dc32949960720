/** What faults are done to: processes in network namespaces, a database, a disk of its own, relays. */
@NullMarked
package dev.sealift.ops.chaos.bed;

import org.jspecify.annotations.NullMarked;
