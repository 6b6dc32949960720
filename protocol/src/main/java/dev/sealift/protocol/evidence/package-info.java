/** What a device has caught somebody at, as a file that others check without asking anybody. */
@NullMarked
package dev.sealift.protocol.evidence;

import org.jspecify.annotations.NullMarked;
