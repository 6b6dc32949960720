/** Admission tokens: what an operator signs, so that a tenant's spaces are kept, and within which bounds. */
@NullMarked
package dev.sealift.protocol.admission;

import org.jspecify.annotations.NullMarked;
