/*
 * What the launcher of bench.yaml is measured against: a static C program that makes the same sandbox by the same calls, written
 * for this one sandbox and nothing else. Namespaces by one clone3(2), id maps, loopback, private mounts, a new /proc,
 * no_new_privs, a guard that kills the sandbox when this program is killed, execve(2), wait.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REFUSED 125

static void must(int fine, const char *call) {
    if (!fine) {
        perror(call);
        _exit(REFUSED);
    }
}

static void put(pid_t pid, const char *file, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int) pid, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t) strlen(text), path);
    close(fd);
}

static void put_map(pid_t pid, const char *file, unsigned outside) {
    char line[32];
    snprintf(line, sizeof line, "0 %u 1\n", outside);
    put(pid, file, line);
}

static void child(int go, char **command) {
    char byte;
    must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    must(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &up) == 0, "lo");
    close(fd);
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount /");
    must(read(go, &byte, 1) == 1, "read");
    must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0, "mount /proc");
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "prctl");
    execv(command[0], command);
    must(0, command[0]);
}

static pid_t guard(int *ends, pid_t sandbox) {
    pid_t pid = (pid_t) syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    must(pid >= 0, "clone");
    if (pid > 0) {
        return pid;
    }
    close(ends[0]);
    struct pollfd hangup = {.fd = ends[1]};
    poll(&hangup, 1, -1);
    kill(sandbox, SIGKILL);
    _exit(REFUSED);
}

int main(int argc, char **argv) {
    int ends[2];
    must(argc > 1, "usage: baseline COMMAND");
    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    struct clone_args args = {
        .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET,
        .exit_signal = SIGCHLD,
    };
    pid_t pid = (pid_t) syscall(SYS_clone3, &args, sizeof args);
    must(pid >= 0, "clone3");
    if (pid == 0) {
        close(ends[0]);
        child(ends[1], argv + 1);
    }
    if (geteuid() != 0) {
        put(pid, "setgroups", "deny");
    }
    put_map(pid, "gid_map", getegid());
    put_map(pid, "uid_map", geteuid());
    pid_t watch = guard(ends, pid);
    setpgid(watch, 0);
    must(write(ends[0], "", 1) == 1, "write");
    int status;
    must(waitpid(pid, &status, 0) == pid, "waitpid");
    kill(watch, SIGKILL);
    waitpid(watch, NULL, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
