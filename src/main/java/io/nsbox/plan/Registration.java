package io.nsbox.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a sandbox is known to others while it runs, and afterwards.
 *
 * @param name what it is called
 * @param folder the folder that is its own, absolute; it exists
 * @param descriptions files that are written there once the name is taken, by their names
 * @param detached whether it runs in the background, with its output in a log
 */
public record Registration(String name, String folder, Map<String, String> descriptions, boolean detached) {
    /** Held by flock(2) for as long as the launcher lives. */
    public static final String LOCK = "lock";

    /** How a report that is being written is called, before the launcher's pid. */
    public static final String UNFINISHED_REPORT = ".nsbox-report-";

    /** The pids of the launcher and of the sandbox's first process, as the launcher sees them. */
    public static final String PIDS = "pids";

    /** The exit status, once the sandbox has ended; blank before. */
    public static final String STATUS = "status";

    /** What the command wrote to its standard output and error, in the order in which it came. */
    public static final String LOG = "log";

    /**
     * When which part of the log came: three numbers of 8 bytes, little-endian, for each part: seconds and nanoseconds of the
     * real-time clock, and the log's length before it.
     */
    public static final String LOG_INDEX = "log.index";

    public Registration {
        descriptions = Collections.unmodifiableMap(new LinkedHashMap<>(descriptions));
    }

    String file(String of) {
        return folder + "/" + of;
    }
}
