/*
 * Builds a filter by libseccomp from rules on standard input, and writes its program to standard output.
 *
 *   arch x86_64|aarch64
 *   default ACTION
 *   rule ACTION NAME COUNT [INDEX OPERATOR VALUE VALUE_TWO]...
 *
 * Actions are the kernel's numbers, operators enum scmp_compare's. Rules are added as runc adds them. Names that this
 * libseccomp does not know are printed on standard error; a refused rule ends the program with status 2.
 */
#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, const struct scmp_arg_cmp *conditions) {
    int error = seccomp_rule_add_array(filter, action, call, count, conditions);
    if (error == -EEXIST) {
        exit(2);
    }
    if (error != 0 && error != -EDOM) {
        fprintf(stderr, "error %d\n", error);
        exit(3);
    }
}

int main(void) {
    char arch[32], name[64];
    uint32_t by_default, action;
    unsigned count;
    if (scanf(" arch %31s default %" SCNu32, arch, &by_default) != 2) {
        return 1;
    }
    scmp_filter_ctx filter = seccomp_init(by_default);
    if (filter == NULL) {
        return 1;
    }
    uint32_t wanted = strcmp(arch, "x86_64") == 0 ? SCMP_ARCH_X86_64 : SCMP_ARCH_AARCH64;
    if (wanted != seccomp_arch_native()
        && (seccomp_arch_add(filter, wanted) != 0 || seccomp_arch_remove(filter, SCMP_ARCH_NATIVE) != 0)) {
        return 1;
    }
    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    while (scanf(" rule %" SCNu32 " %63s %u", &action, name, &count) == 3) {
        struct scmp_arg_cmp conditions[16];
        int twice = 0;
        for (unsigned i = 0; i < count; i++) {
            unsigned op;
            if (scanf("%u %u %" SCNu64 " %" SCNu64, &conditions[i].arg, &op, &conditions[i].datum_a, &conditions[i].datum_b)
                != 4) {
                return 1;
            }
            conditions[i].op = (enum scmp_compare) op;
            for (unsigned j = 0; j < i; j++) {
                twice |= conditions[j].arg == conditions[i].arg;
            }
        }
        if (action == by_default) {
            continue;
        }
        int call = seccomp_syscall_resolve_name(name);
        if (call == __NR_SCMP_ERROR) {
            fprintf(stderr, "%s\n", name);
            continue;
        }
        if (!twice) {
            add(filter, action, call, count, conditions);
        } else {
            for (unsigned i = 0; i < count; i++) {
                add(filter, action, call, 1, &conditions[i]);
            }
        }
    }
    return seccomp_export_bpf(filter, 1) == 0 ? 0 : 1;
}
