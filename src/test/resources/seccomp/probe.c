/*
 * Makes system calls and says how they end.
 *
 *   probe sweep FROM TO SKIP...     every number from FROM to below TO but those to skip, with zeros; a line each: NUMBER ERRNO
 *   probe call NUMBER ARGUMENT...   one call; its errno, 0 for success
 *   probe i386                      getpid by the i386 entry (x86-64 only)
 *   probe threads                   makes and joins a thread
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char out[65536];

static void *nothing(void *argument) {
    return argument;
}

static int skipped(long number, int count, char **list) {
    for (int i = 0; i < count; i++) {
        if (atol(list[i]) == number) {
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    int length = 0;
    if (argc > 3 && strcmp(argv[1], "sweep") == 0) {
        for (long number = atol(argv[2]); number < atol(argv[3]); number++) {
            if (!skipped(number, argc - 4, argv + 4)) {
                errno = 0;
                syscall(number, 0L, 0L, 0L, 0L, 0L, 0L);
                length += sprintf(out + length, "%ld %d\n", number, errno);
            }
        }
    } else if (argc > 2 && strcmp(argv[1], "call") == 0) {
        long arguments[6] = {0};
        for (int i = 3; i < argc && i < 9; i++) {
            arguments[i - 3] = (long) strtoull(argv[i], NULL, 0);
        }
        errno = 0;
        syscall((long) strtoull(argv[2], NULL, 0), arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                arguments[5]);
        length = sprintf(out, "%d\n", errno);
#ifdef __x86_64__
    } else if (argc > 1 && strcmp(argv[1], "i386") == 0) {
        long number = 20;
        __asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
        length = sprintf(out, "%ld\n", number);
#endif
    } else if (argc > 1 && strcmp(argv[1], "threads") == 0) {
        pthread_t thread;
        int error = pthread_create(&thread, NULL, nothing, NULL);
        if (error == 0) {
            error = pthread_join(thread, NULL);
        }
        length = sprintf(out, "%d\n", error);
    }
    return write(1, out, (size_t) length) == length ? 0 : 1;
}
