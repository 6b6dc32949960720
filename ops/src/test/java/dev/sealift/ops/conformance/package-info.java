/** The protocol's second implementation, in Node.js, against the first. */
@NullMarked
package dev.sealift.ops.conformance;

import org.jspecify.annotations.NullMarked;
