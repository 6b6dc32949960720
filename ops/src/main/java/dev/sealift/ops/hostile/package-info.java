/** Liars between real devices and a real mesh: whether every lie is named, and nobody honest is taken for a liar. */
@NullMarked
package dev.sealift.ops.hostile;

import org.jspecify.annotations.NullMarked;
