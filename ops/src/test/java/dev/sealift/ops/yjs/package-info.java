/** Documents whose updates Sealift keeps and an app merges. */
@NullMarked
package dev.sealift.ops.yjs;

import org.jspecify.annotations.NullMarked;
