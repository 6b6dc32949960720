/** Keys: the home's master key, a device's keys, and what they seal. */
@NullMarked
package dev.sealift.client.vault;

import org.jspecify.annotations.NullMarked;
