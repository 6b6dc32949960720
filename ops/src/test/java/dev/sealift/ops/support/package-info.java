/** What end-to-end tests share. */
@NullMarked
package dev.sealift.ops.support;

import org.jspecify.annotations.NullMarked;
