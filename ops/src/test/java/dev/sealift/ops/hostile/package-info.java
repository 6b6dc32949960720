/** Real devices against a mesh whose store lies. */
@NullMarked
package dev.sealift.ops.hostile;

import org.jspecify.annotations.NullMarked;
