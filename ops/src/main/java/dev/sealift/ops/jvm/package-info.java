/** How this program starts JVMs of its own. */
@NullMarked
package dev.sealift.ops.jvm;

import org.jspecify.annotations.NullMarked;
