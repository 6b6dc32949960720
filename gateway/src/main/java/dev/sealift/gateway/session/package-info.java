/**
 * One device's connection as a plain state machine: frames, answers from the mesh and the time come in, effects go out.
 * Knows no Vert.x, no clock and no thread, so that tests drive it line by line.
 */
@NullMarked
package dev.sealift.gateway.session;

import org.jspecify.annotations.NullMarked;
