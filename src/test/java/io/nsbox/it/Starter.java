package io.nsbox.it;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts commands as the identity of a workshop.
 *
 * @param around words that are put before each command, which root executes then; none where root is not needed
 * @param helpers whether the launcher runs set-user-ID programs
 */
record Starter(Workshop workshop, List<Object> around, boolean helpers) {
    Starter {
        around = List.copyOf(around);
    }

    /** The usual one. */
    static Starter of(Workshop workshop) {
        return new Starter(workshop, List.of(), false);
    }

    /** One for the unprivileged, who have ranges of ids in an /etc of their own. */
    static Starter withRanges(Workshop workshop) throws IOException {
        Requirements.requireProgram("newuidmap");
        Requirements.requireProgram("unshare");
        Identity.ROOT.require();
        Path etc = SubordinateIdsOfTests.etc(workshop);
        String script = "mount --bind \"$1\" /etc\nshift\nexec \"$@\"\n";
        return new Starter(
                workshop, List.of("unshare", "-m", "--propagation", "private", "sh", "-euc", script, "sh", etc), true);
    }

    /** Starts a command as the identity, with more variables in its environment; strace(1) comes with its options. */
    Running start(Map<String, String> more, List<Object> words) {
        boolean traced = words.get(0).equals("strace");
        List<Object> all = new ArrayList<>();
        if (!around.isEmpty() && !(helpers && traced)) {
            all.addAll(workshop.identity().prefix());
        }
        if (traced) {
            // In a session of its own: what strace starts is stopped for a moment, and where the tests' process group
            // is an
            // orphaned one the kernel hangs all of it up when a command under an init ends just then (setpgid(2),
            // exit(2)).
            all.add("setsid");
        }
        if (helpers && traced) {
            // newuidmap is set-user-ID: only a tracer with privilege lets it be.
            all.addAll(List.of("strace", "-u", SubordinateIdsOfTests.USER));
            all.addAll(words.subList(1, words.size()));
        } else {
            all.addAll(words);
        }
        return around.isEmpty() ? workshop.start(more, all.toArray()) : startAsRoot(more, all);
    }

    /** Starts a command as whoever runs the tests. */
    Running startAsRoot(Map<String, String> more, List<Object> words) {
        Map<String, String> environment = workshop.environment();
        environment.putAll(more);
        List<Object> all = new ArrayList<>(around);
        all.addAll(words);
        return Running.start(
                workshop.folder(),
                environment,
                all.stream().map(Object::toString).toList());
    }
}
