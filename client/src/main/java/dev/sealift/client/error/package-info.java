/** What a caller of the library can meet. */
@NullMarked
package dev.sealift.client.error;

import org.jspecify.annotations.NullMarked;
