package io.nsbox.plan;

import java.util.Locale;

/** The controllers of control groups that limits need (cgroups(7)). */
enum Controller {
    MEMORY("memory.max"),
    CPU("cpu.max"),
    CPUSET("cpuset.cpus"),
    PIDS("pids.max");

    private final String file;

    Controller(String file) {
        this.file = file;
    }

    /** As the kernel calls it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A file that a group of version 2 has exactly where this controller is enabled for it. */
    String file() {
        return file;
    }
}
