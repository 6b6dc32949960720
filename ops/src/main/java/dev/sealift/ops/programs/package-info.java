/** The machine's own programs: how they are found and run, and what PostgreSQL's need. Nothing is installed. */
@NullMarked
package dev.sealift.ops.programs;

import org.jspecify.annotations.NullMarked;
