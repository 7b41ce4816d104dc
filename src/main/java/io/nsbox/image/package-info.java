/** The ELF image: the program's bytes, the constant interpreter, writer and reader; knows no sandbox. */
@NullMarked
package io.nsbox.image;

import org.jspecify.annotations.NullMarked;
