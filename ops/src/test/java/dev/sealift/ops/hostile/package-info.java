/** Real devices against meshes and stores that lie. */
package dev.sealift.ops.hostile;
