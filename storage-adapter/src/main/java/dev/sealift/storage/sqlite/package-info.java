/** The embedded store: one SQLite file, one writer, several readers. All SQL of this module is here. */
@NullMarked
package dev.sealift.storage.sqlite;

import org.jspecify.annotations.NullMarked;
