/** The machine's own programs: how they are found and run, what PostgreSQL's need, and which ports they can have. Nothing is installed. */
@NullMarked
package dev.sealift.ops.programs;

import org.jspecify.annotations.NullMarked;
