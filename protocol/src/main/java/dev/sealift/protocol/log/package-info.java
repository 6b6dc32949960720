/**
 * A space's log as an append-only Merkle tree (RFC 9162, section 2): what its leaves and signed
 * heads are made of, and how inclusion and consistency are proved and checked.
 *
 * <p>Leaves are counted from 0 here, as in the RFC: the file with sequence <i>s</i> is leaf <i>s -
 * 1</i>. A level counts upwards from the leaves. Three views of a tree serve three needs: {@link
 * dev.sealift.protocol.log.CompactTree} grows one knowing only its right edge, {@link
 * dev.sealift.protocol.log.AppendRecorder} remembers what one batch added, and {@link
 * dev.sealift.protocol.log.TileNodes} finds any node of a tree kept in a store.
 */
@NullMarked
package dev.sealift.protocol.log;

import org.jspecify.annotations.NullMarked;
