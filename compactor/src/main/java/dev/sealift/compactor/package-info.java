/** A verticle which offers compactions to devices, and has the store reclaim what they supersede. It can be wrong or absent: that costs time. */
@NullMarked
package dev.sealift.compactor;

import org.jspecify.annotations.NullMarked;
