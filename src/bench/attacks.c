/*
 * What the attacks of runtimes.sh do that a shell cannot: attacks WORD [ARGUMENT]...
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* No kernel has a call of this number yet. */
#define ABSENT 999
/* arch/x86/include/uapi/asm/unistd.h */
#define X32_BIT 0x40000000

static const char *said(long result) {
    return result < 0 ? strerrorname_np(errno) : "done";
}

/* The session's keyring: KEYCTL_GET_KEYRING_ID of KEY_SPEC_SESSION_KEYRING (keyctl(2)). */
static int keyring(void) {
    printf("%ld\n", syscall(SYS_keyctl, 0, -3, 1));
    return 0;
}

/* Exchanges two names until it is ended. */
static int exchange(const char *one, const char *other) {
    for (;;) {
        if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) != 0) {
            return 1;
        }
    }
}

/* Pushes characters into the terminal that standard input is. */
static int push(void) {
    long result = 0;
    for (const char *at = "pushed\n"; *at != 0 && result == 0; at++) {
        result = ioctl(0, TIOCSTI, at);
    }
    puts(said(result));
    return 0;
}

/* A socket with an abstract name: listens until it is ended, or connects. */
static int abstract(int listens, const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
    strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
    int at = socket(AF_UNIX, SOCK_STREAM, 0);
    if (!listens) {
        puts(connect(at, (struct sockaddr *)&address, size) == 0 ? "reached" : "not reached");
        return 0;
    }
    if (bind(at, (struct sockaddr *)&address, size) != 0 || listen(at, 8) != 0) {
        return 1;
    }
    puts("listening");
    fflush(stdout);
    for (;;) {
        close(accept(at, NULL, NULL));
    }
}

/* Reads a file that a group may not, before and after the groups are dropped. */
static int groups(const char *file) {
    printf("before: %s", said(open(file, O_RDONLY)));
    printf(", setgroups: %s", said(setgroups(0, NULL)));
    printf(", after: %s\n", said(open(file, O_RDONLY)));
    return 0;
}

/* Mounts a hierarchy of control groups in a new user namespace, and opens its release_agent. Nothing is written. */
static int hierarchy(const char *controller) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP) != 0) {
        printf("no new namespaces: %s\n", said(-1));
        return 0;
    }
    if (mount("none", "/mnt", "cgroup", 0, controller) != 0) {
        printf("no mount: %s\n", said(-1));
        return 0;
    }
    printf("mounted, release_agent opened for writing: %s\n", said(open("/mnt/release_agent", O_WRONLY)));
    return 0;
}

/* Tells the file that a process executes, or that this process may not know it. */
static void tell(const char *how, const char *exe) {
    char name[256];
    ssize_t length = readlink(exe, name, sizeof name - 1);
    if (length > 0) {
        printf("%s %.*s\n", how, (int)length, name);
    } else if (errno == EACCES || errno == EPERM) {
        puts("hidden");
    }
    fflush(stdout);
}

/* Looks at a process that has come: at its files, into its memory, and as a tracer. */
static void look(int pid) {
    char path[64];
    char exe[64];
    snprintf(exe, sizeof exe, "/proc/%d/exe", pid);
    tell("known:", exe);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, i == 0 ? "/proc/%d/exe" : "/proc/%d/mem", pid);
        int file = open(path, O_RDONLY);
        if (file >= 0) {
            tell(i == 0 ? "opened:" : "read:", exe);
            close(file);
        }
    }
    if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
        tell("traced:", exe);
        ptrace(PTRACE_INTERRUPT, pid, 0, 0);
        waitpid(pid, NULL, __WALL);
        ptrace(PTRACE_DETACH, pid, 0, 0);
    }
}

/* Looks, until it is ended, at every process but the first and itself. */
static int spy(void) {
    for (;;) {
        DIR *all = opendir("/proc");
        if (all == NULL) {
            return 1;
        }
        for (struct dirent *one; (one = readdir(all)) != NULL;) {
            int pid = atoi(one->d_name);
            if (pid > 1 && pid != getpid()) {
                look(pid);
            }
        }
        closedir(all);
    }
}

static long getpid_of_32_bits(void) {
    long result = -ENOSYS;
#ifdef __x86_64__
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
#endif
    errno = -result;
    return result < 0 ? -1 : result;
}

/* Makes calls that a filter may not know, each in a process of its own. */
static int calls(void) {
    static const char *const names[] = {"of 32 bits", "x32", "clone3", "number 999"};
    for (int i = 0; i < 4; i++) {
        printf("%s%s: ", i == 0 ? "" : ", ", names[i]);
        fflush(stdout);
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            long result = i == 0   ? getpid_of_32_bits()
                          : i == 1 ? syscall(X32_BIT | SYS_getpid)
                          : i == 2 ? syscall(SYS_clone3, NULL, 0)
                                   : syscall(ABSENT);
            printf("%s", said(result));
            fflush(stdout);
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0) {
            printf("not tried (%s)", said(-1));
        } else if (WIFSIGNALED(status)) {
            printf("SIG%s", sigabbrev_np(WTERMSIG(status)));
        }
    }
    puts("");
    return 0;
}

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "keyring") == 0) {
        return keyring();
    }
    if (strcmp(word, "exchange") == 0 && argc == 4) {
        return exchange(argv[2], argv[3]);
    }
    if (strcmp(word, "push") == 0) {
        return push();
    }
    if (strcmp(word, "listen") == 0 && argc == 3) {
        return abstract(1, argv[2]);
    }
    if (strcmp(word, "connect") == 0 && argc == 3) {
        return abstract(0, argv[2]);
    }
    if (strcmp(word, "groups") == 0 && argc == 3) {
        return groups(argv[2]);
    }
    if (strcmp(word, "hierarchy") == 0 && argc == 3) {
        return hierarchy(argv[2]);
    }
    if (strcmp(word, "spy") == 0) {
        return spy();
    }
    if (strcmp(word, "calls") == 0) {
        return calls();
    }
    return 2;
}
