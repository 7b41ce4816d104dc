/** From YAML text to a bound and validated specification, with every problem reported at its place. */
@NullMarked
package io.nsbox.text;

import org.jspecify.annotations.NullMarked;
