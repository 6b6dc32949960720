/** The exchange with a mesh: a session's state machine, the loop around it, and the transport below it. */
@NullMarked
package dev.sealift.client.sync;

import org.jspecify.annotations.NullMarked;
