/** The manifests of {@code ops/kubernetes}, held to Kubernetes' model and to the code whose names they use. */
@NullMarked
package dev.sealift.ops.kubernetes;

import org.jspecify.annotations.NullMarked;
