/** A real mesh that is asked for more than it may give. */
@NullMarked
package dev.sealift.ops.overload;

import org.jspecify.annotations.NullMarked;
