/** What people and programs read: lines, JSON, tables, progress. */
@NullMarked
package dev.sealift.ops.terminal;

import org.jspecify.annotations.NullMarked;
