/** How an app's Java records stand in rows, and rows in records. */
@NullMarked
package dev.sealift.client.record;

import org.jspecify.annotations.NullMarked;
