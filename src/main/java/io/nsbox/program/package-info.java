/** The launcher's vocabulary: syscalls, instructions, builder, printer and simulator; knows no sandbox. */
@NullMarked
package io.nsbox.program;

import org.jspecify.annotations.NullMarked;
