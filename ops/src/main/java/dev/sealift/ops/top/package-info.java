/** A live view of a running mesh, made of nothing but what its processes show at {@code /metrics}. */
@NullMarked
package dev.sealift.ops.top;

import org.jspecify.annotations.NullMarked;
