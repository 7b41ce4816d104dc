/*
 * Starts /bin/true every 20 ms for so many seconds, waits for it, and prints how long that took, in milliseconds, as three
 * columns of a Markdown table: the median, the 99th of 100, and the longest.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define INTERVAL 20000000L
#define SECOND 1000000000L
#define MOST 100000

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static int order(const void *one, const void *other) {
    long a = *(const long *) one;
    long b = *(const long *) other;
    return (a > b) - (a < b);
}

int main(int count, char **words) {
    static long took[MOST];
    char *command[] = {"/bin/true", NULL};
    int runs = 0;
    long start = now();
    long end = start + (count > 1 ? atol(words[1]) : 5) * SECOND;
    for (long due = start; due < end && runs < MOST; due += INTERVAL) {
        struct timespec until = {due / SECOND, due % SECOND};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        /* What comes late counts from when it was due: a host that hangs makes all that wait slow. */
        pid_t pid;
        int status;
        if (posix_spawn(&pid, command[0], NULL, NULL, command, NULL) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
            fputs("/bin/true failed\n", stderr);
            return 1;
        }
        took[runs++] = now() - due;
    }
    qsort(took, runs, sizeof *took, order);
    printf("%.2f | %.2f | %.2f\n", took[runs / 2] / 1e6, took[runs * 99 / 100] / 1e6, took[runs - 1] / 1e6);
    return 0;
}
