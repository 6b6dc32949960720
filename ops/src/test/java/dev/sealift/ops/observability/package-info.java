/** Alerts, dashboards, runbooks and the page of metrics, held to what a mesh really shows. */
@NullMarked
package dev.sealift.ops.observability;

import org.jspecify.annotations.NullMarked;
