/**
 * The verticle that keeps sealed files and returns them, and the boundary that a store stands behind. It can
 * read no payload and decides nothing: what may enter the log is the merge engine's business.
 */
@NullMarked
package dev.sealift.storage;

import org.jspecify.annotations.NullMarked;
