/** What this machine is and allows, as a value, and the probes that find it out. */
@NullMarked
package io.nsbox.host;

import org.jspecify.annotations.NullMarked;
