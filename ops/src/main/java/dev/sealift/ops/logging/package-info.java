/** Where log lines go and what they look like. */
@NullMarked
package dev.sealift.ops.logging;

import org.jspecify.annotations.NullMarked;
