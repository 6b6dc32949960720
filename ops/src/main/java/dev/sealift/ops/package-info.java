/** Launcher, configuration, metrics, benchmarks and end-to-end tests. Alone sees every module. */
@NullMarked
package dev.sealift.ops;

import org.jspecify.annotations.NullMarked;
