@NullMarked
package dev.sealift.ops.simulate;

import org.jspecify.annotations.NullMarked;
