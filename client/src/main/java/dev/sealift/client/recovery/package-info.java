/** The words of a paper key. */
@NullMarked
package dev.sealift.client.recovery;

import org.jspecify.annotations.NullMarked;
