/** Who is in a space: the chain of membership files and what each may change. */
@NullMarked
package dev.sealift.protocol.membership;

import org.jspecify.annotations.NullMarked;
