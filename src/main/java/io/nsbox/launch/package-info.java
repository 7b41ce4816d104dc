/** The image cache, and the hand-over from the compiler to the launcher. */
@NullMarked
package io.nsbox.launch;

import org.jspecify.annotations.NullMarked;
