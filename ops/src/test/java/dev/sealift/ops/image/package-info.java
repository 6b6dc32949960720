/** The container image, as far as it can be tried without a container engine. */
@NullMarked
package dev.sealift.ops.image;

import org.jspecify.annotations.NullMarked;
