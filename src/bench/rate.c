/*
 * How many times a second a command starts and ends: rate WORKERS SECONDS COMMAND ARGUMENTS...
 *
 * Each worker starts the command, waits for its end, and starts it again. Prints the starts of all workers a second.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double) at.tv_sec + (double) at.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fputs("usage: rate WORKERS SECONDS COMMAND ARGUMENTS...\n", stderr);
        return 2;
    }
    int workers = atoi(argv[1]);
    double end = now() + atof(argv[2]);
    double start = now();
    long *counts = mmap(NULL, sizeof(long) * (size_t) workers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (int i = 0; i < workers; i++) {
        if (fork() == 0) {
            while (now() < end) {
                pid_t pid;
                int status;
                if (posix_spawnp(&pid, argv[3], NULL, NULL, argv + 3, environ) != 0 || waitpid(pid, &status, 0) != pid) {
                    _exit(1);
                }
                if (status != 0) {
                    _exit(1);
                }
                counts[i]++;
            }
            _exit(0);
        }
    }
    int failed = 0;
    for (int i = 0; i < workers; i++) {
        int status;
        wait(&status);
        failed |= status;
    }
    if (failed != 0) {
        fprintf(stderr, "rate: %s failed\n", argv[3]);
        return 1;
    }
    double seconds = now() - start;
    long total = 0;
    for (int i = 0; i < workers; i++) {
        total += counts[i];
    }
    printf("%.0f\n", (double) total / seconds);
    return 0;
}
