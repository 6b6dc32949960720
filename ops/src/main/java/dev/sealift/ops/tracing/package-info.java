/** Spans of what devices ask for, sent to an operator's collector. */
@NullMarked
package dev.sealift.ops.tracing;

import org.jspecify.annotations.NullMarked;
