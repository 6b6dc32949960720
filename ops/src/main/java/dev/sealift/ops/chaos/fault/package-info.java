/** The kinds of fault, and their drawing. */
@NullMarked
package dev.sealift.ops.chaos.fault;

import org.jspecify.annotations.NullMarked;
