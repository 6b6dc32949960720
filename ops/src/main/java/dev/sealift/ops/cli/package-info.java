/** The command line: one class a command, on the client's public API alone. */
@NullMarked
package dev.sealift.ops.cli;

import org.jspecify.annotations.NullMarked;
