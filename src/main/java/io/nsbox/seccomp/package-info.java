/** Seccomp profiles and the filters that they are assembled to; pure, and knows no sandbox. */
@org.jspecify.annotations.NullMarked
package io.nsbox.seccomp;
