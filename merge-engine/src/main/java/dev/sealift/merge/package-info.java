/** A verticle which admits files: validates, numbers and signs receipts, and reads no content. */
@NullMarked
package dev.sealift.merge;

import org.jspecify.annotations.NullMarked;
