/** Settings from options, environment, one file and defaults, in that order. */
@NullMarked
package dev.sealift.ops.config;

import org.jspecify.annotations.NullMarked;
