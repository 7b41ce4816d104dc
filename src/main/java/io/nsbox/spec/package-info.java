/** The sandbox specification as immutable records that mirror the YAML, their value types and constraints. */
@NullMarked
package io.nsbox.spec;

import org.jspecify.annotations.NullMarked;
