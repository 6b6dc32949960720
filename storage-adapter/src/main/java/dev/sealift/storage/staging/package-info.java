/** Payloads between their arrival and the commit that names them. Any store can use it. */
@NullMarked
package dev.sealift.storage.staging;

import org.jspecify.annotations.NullMarked;
