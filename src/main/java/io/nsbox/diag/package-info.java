/** Diagnostics as data: what went wrong, where, why, and how to mend it; and the renderers that print them. */
@NullMarked
package io.nsbox.diag;

import org.jspecify.annotations.NullMarked;
