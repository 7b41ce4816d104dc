/*
 * Sets the offset of file 9 back to 0, for the next program that reads it: bubblewrap takes its seccomp filter from an open
 * file, and hyperfine starts program after program with the same one.
 */
#include <unistd.h>

int main(void) { return lseek(9, 0, SEEK_SET) != 0; }
