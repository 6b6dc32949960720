/** Rows from CSV files and back. */
@NullMarked
package dev.sealift.ops.csv;

import org.jspecify.annotations.NullMarked;
