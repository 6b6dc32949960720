/**
 * The rules both ends share: wire messages, file headers, ids, clocks, signatures, membership,
 * receipts.
 */
@NullMarked
package dev.sealift.protocol;

import org.jspecify.annotations.NullMarked;
