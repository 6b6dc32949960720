/** A mesh beyond this machine: TLS, through the command line. */
@NullMarked
package dev.sealift.ops.tls;

import org.jspecify.annotations.NullMarked;
