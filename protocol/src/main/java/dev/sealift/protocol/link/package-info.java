/** Invitations as links. */
@NullMarked
package dev.sealift.protocol.link;

import org.jspecify.annotations.NullMarked;
