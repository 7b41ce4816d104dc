/** The commands, one class each, and the only place that touches streams, environment and exit codes. */
@NullMarked
package io.nsbox.cli;

import org.jspecify.annotations.NullMarked;
