/** Test vectors as files: reading them strictly, running, writing and attacking them. Test code of protocol and of client. */
package dev.sealift.vectors;
