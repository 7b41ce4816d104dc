/** The ordered steps that set a sandbox up, one file a step, and the planner that owns their order. */
@NullMarked
package io.nsbox.plan;

import org.jspecify.annotations.NullMarked;
