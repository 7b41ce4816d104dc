/*
 * Runs a command many times and kills some of the runs: soak RUNS KILLS MICROSECONDS SEED FOLDER NSBOX COMMAND ARGUMENTS...
 *
 * So many runs, one after the other. KILLS of them, chosen at random, get SIGKILL after a random time of MICROSECONDS at most,
 * unless they have ended before. Each other run must end with 0. After every 50th kill, when the killed process is reaped and
 * nothing of this name runs, `NSBOX ps -q` must not list the sandbox whose FOLDER this is. Prints how many were killed before
 * they had ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static unsigned long long state;

/* xorshift64: the same seed gives the same run. */
static unsigned long long next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* The guard of a launcher that was killed ends what is left, and has the name until then. */
static void await_end(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/lock", folder);
    int lock = open(path, O_RDONLY | O_CLOEXEC);
    if (lock >= 0 && flock(lock, LOCK_EX) != 0) {
        perror(path);
        exit(1);
    }
    if (lock >= 0) {
        close(lock);
    }
}

static void look(const char *nsbox, const char *name) {
    char command[4096];
    char line[256];
    snprintf(command, sizeof command, "'%s' ps -q", nsbox);
    FILE *names = popen(command, "r");
    if (names == NULL) {
        perror("popen");
        exit(1);
    }
    while (fgets(line, sizeof line, names) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (strcmp(line, name) == 0) {
            fprintf(stderr, "soak: ps calls %s running, and its launcher was killed\n", name);
            exit(1);
        }
    }
    if (pclose(names) != 0) {
        fputs("soak: ps failed\n", stderr);
        exit(1);
    }
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fputs("usage: soak RUNS KILLS MICROSECONDS SEED FOLDER NSBOX COMMAND ARGUMENTS...\n", stderr);
        return 2;
    }
    long runs = atol(argv[1]);
    long kills = atol(argv[2]);
    unsigned long longest = strtoul(argv[3], NULL, 10);
    state = strtoull(argv[4], NULL, 10) * 2654435769u + 88172645463325252u;
    long chosen = 0;
    long met = 0;
    for (long i = 0; i < runs; i++) {
        pid_t pid;
        int status;
        if (posix_spawn(&pid, argv[7], NULL, NULL, argv + 7, environ) != 0) {
            perror(argv[7]);
            return 1;
        }
        int kill_it = next() % (unsigned long long) (runs - i) < (unsigned long long) (kills - chosen);
        if (kill_it) {
            unsigned long wait = (unsigned long) (next() % (longest + 1));
            struct timespec pause = {.tv_sec = (time_t) (wait / 1000000), .tv_nsec = (long) (wait % 1000000) * 1000};
            chosen++;
            nanosleep(&pause, NULL);
            kill(pid, SIGKILL);
        }
        if (waitpid(pid, &status, 0) != pid) {
            perror("waitpid");
            return 1;
        }
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && kill_it) {
            met++;
        } else if (status != 0) {
            fprintf(stderr, "soak: run %ld ended with wait status %d\n", i, status);
            return 1;
        }
        if (kill_it && chosen % 50 == 0) {
            look(argv[6], strrchr(argv[5], '/') + 1);
        }
        if (kill_it) {
            await_end(argv[5]);
        }
    }
    printf("%ld\n", met);
    return 0;
}
