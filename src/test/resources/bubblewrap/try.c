/* Makes system calls with arguments that are wrong, and says with which errno each ends: bubblewrap's tests/try-syscall.c has the idea. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *name, long result) { printf("%s %s\n", name, result == 0 ? "works" : strerrorname_np(errno)); }

int main(void) {
  say("fchmodat", syscall(SYS_fchmodat, -100, 1, 0700, 0));
  say("chroot", syscall(SYS_chroot, 1));
  say("clone3", syscall(SYS_clone3, 1, 88));
  say("listen", syscall(SYS_listen, -1, 1));
  say("prctl", syscall(SYS_prctl, -1, 1, 1, 1, 1));
  say("ioctl TIOCNOTTY", syscall(SYS_ioctl, -1, TIOCNOTTY, 0));
  say("ioctl TIOCSTI", syscall(SYS_ioctl, -1, TIOCSTI, 1));
  say("ioctl TIOCSTI with more", syscall(SYS_ioctl, -1, TIOCSTI | 0x123400000000UL, 1));
  return 0;
}
