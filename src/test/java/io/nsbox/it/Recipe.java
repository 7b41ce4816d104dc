package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Planner;
import io.nsbox.plan.Trace;
import io.nsbox.spec.IdRange;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The specs of specs/recipes, each with what its comment speaks of, and with a command that does nothing in the place of
 * its own: for tests that run them often.
 */
enum Recipe {
    BUILD("mkdir src out\n", "true"),
    CONVERTER("mkdir in out\n", "true"),
    DOCUMENTS("mkdir documents\n", "true"),
    INSTALL(Recipe.BUSYBOX_ROOT, "/bin/true"),
    JUDGE("mkdir root submission result\n", "true"),
    JVM("", "true"),
    RESCUE(Recipe.BUSYBOX_ROOT, "/bin/true"),
    ROOTFS(Recipe.BUSYBOX_ROOT, "/bin/true"),
    ROOTLESS("", "true"),
    SHELL("", "true"),
    STATIC("mkdir root\ncp /bin/busybox root/true\n", "/true"),
    UNTRUSTED("mkdir work\n", "/bin/true");

    static final Path FOLDER = Workshop.PROJECT.resolve("specs/recipes");

    /** Makes a small root file system, in which everybody may write to /srv. */
    static final String BUSYBOX_ROOT =
            "mkdir -p root/bin root/etc root/dev root/proc root/sys root/tmp root/srv root/run\n"
                    + "cp /bin/busybox root/bin/\n"
                    + "for name in sh id cat echo ls true; do ln -s busybox root/bin/$name; done\n"
                    + "chmod 777 root/srv\n";

    /** The ranges of {@link SubordinateIdsOfTests}. */
    private static final Planner.Subordinates RANGES = new Planner.Subordinates(
            List.of(new IdRange(1, 100_000, 65_536)), List.of(new IdRange(1, 200_000, 65_536)));

    private final String script;
    private final String command;

    Recipe(String script, String command) {
        this.script = script;
        this.command = command;
    }

    /** Opens a workshop with a recipe, of the given name, and runs a script in it. */
    static Workshop prepared(Identity identity, String recipe, String script) throws IOException {
        Workshop workshop = Workshop.open(identity);
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(recipe)) {
                    workshop.file(file.getFileName().toString(), Files.readString(file));
                }
            }
        }
        assertThat(workshop.run("sh", "-euc", script)).isEqualTo(new Running.Result(0, "", ""));
        return workshop;
    }

    /** A recipe whose launcher was made, and has run once: what it makes for itself is there. */
    record Ready(Workshop workshop, Path launcher, Plan plan, Starter starter) implements AutoCloseable {
        /** The calls that the launcher makes on this machine. */
        Trace trace() {
            Identity who = workshop.identity();
            Path root = workshop.folder().resolve("root");
            return Trace.of(
                    plan,
                    Workshop.arch(),
                    new Caller(who.id(), who.id(), who == Identity.ROOT),
                    path -> !Files.exists(path.startsWith("/proc/") ? Path.of(path) : root.resolve(path.substring(1))));
        }

        /** Starts the launcher. */
        Running start() {
            return starter.start(Map.of(), List.of(launcher));
        }

        @Override
        public void close() {
            workshop.close();
        }
    }

    /** Whether it can be run by somebody: a chroot(2) for root's hands is not for everybody. */
    boolean isFor(Identity identity) {
        return this != RESCUE || identity == Identity.ROOT;
    }

    /** Prepares the recipe, and runs it once. */
    Ready ready(Identity identity) throws IOException {
        Requirements.require(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        String name = name().toLowerCase(Locale.ROOT);
        Workshop workshop = prepared(identity, name, script.isEmpty() ? ":" : script);
        String spec = Files.readString(FOLDER.resolve(name + ".yaml"));
        assertThat(spec).containsPattern("(?m)^command: \\[");
        Path file =
                workshop.file(name + ".yaml", spec.replaceAll("(?m)^command: .*", "command: [\"" + command + "\"]"));
        Plan plan = Workshop.plan(file, RANGES);
        Path launcher = workshop.compile(plan, "launcher");
        boolean helpers = spec.contains("uid_map: auto") && identity == Identity.USER;
        Ready ready =
                new Ready(workshop, launcher, plan, helpers ? Starter.withRanges(workshop) : Starter.of(workshop));
        Running.Result first = ready.start().finish();
        assertThat(first).as(name).isEqualTo(new Running.Result(0, "", ""));
        return ready;
    }
}
