/** What the verticles of a mesh share: addresses, failure codes, shards. */
@NullMarked
package dev.sealift.protocol.mesh;

import org.jspecify.annotations.NullMarked;
