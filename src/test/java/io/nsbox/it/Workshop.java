package io.nsbox.it;

import io.nsbox.image.ElfImage;
import io.nsbox.plan.Lowering;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Planner;
import io.nsbox.program.Arch;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder to work in, which the identity of the test owns, and the packaged nsbox.
 *
 * <p>What is started here has a small environment of its own, with a mark by which what is left of it can be found.
 */
final class Workshop implements AutoCloseable {
    /** The project's folder: tests run in it. */
    static final Path PROJECT = Path.of("").toAbsolutePath();

    /** The variable that marks processes. Specs that name no inherit_env pass it on, because of its LC_. */
    static final String MARK = "LC_NSBOX_TEST";

    /** Where tests look programs up. */
    static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private final Identity identity;
    private final Path folder;
    private final String mark = UUID.randomUUID().toString();

    private Workshop(Identity identity, Path folder) {
        this.identity = identity;
        this.folder = folder;
    }

    /** Opens a workshop; skips the test where this machine cannot give it. */
    static Workshop open(Identity identity) {
        identity.require();
        try {
            Path folder = Files.createTempDirectory("nsbox-it").toRealPath();
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Workshop workshop = new Workshop(identity, folder);
            workshop.giveAway(folder);
            workshop.giveAway(Files.createDirectory(folder.resolve("home")));
            return workshop;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Identity identity() {
        return identity;
    }

    Path folder() {
        return folder;
    }

    String mark() {
        return mark;
    }

    /** The folder in which the packaged script keeps its images. */
    Path cache() {
        return identity.isSomebodyElse() ? Installed.cache(identity).resolve("nsbox") : Path.of("/var/cache/nsbox");
    }

    /** The packaged script, at a place where the identity can read it. */
    String nsbox() {
        Requirements.require(
                Files.exists(PROJECT.resolve("target/nsbox.jar")), "nsbox is not packaged; run mvn package first");
        return (identity.isSomebodyElse() ? Installed.script() : PROJECT.resolve("bin/nsbox")).toString();
    }

    /** Writes a file that the identity owns. */
    Path file(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.writeString(file, content);
            giveAway(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a folder, below another that is there, which the identity owns. */
    Path newFolder(String name) {
        try {
            Path made = Files.createDirectory(folder.resolve(name));
            giveAway(made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes an executable file that the identity owns. */
    Path script(String name, String content) {
        Path file = file(name, content);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Writes a spec, {@code name.yaml}, and compiles its launcher, {@code name}, in this JVM: that is faster. */
    Path launcher(String name, String spec) {
        return compile(file(name + ".yaml", spec), name);
    }

    /** Compiles the launcher of a spec in this JVM. */
    Path compile(Path spec, String name) {
        return compile(plan(spec), name);
    }

    /** Compiles the launcher of a plan in this JVM. */
    Path compile(Plan plan, String name) {
        Path launcher = script(name, "");
        try {
            Files.write(launcher, ElfImage.write(Lowering.standalone(plan, arch())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return launcher;
    }

    /** The plan of a spec, made in this JVM. */
    static Plan plan(Path spec) {
        return plan(spec, Planner.Subordinates.NONE);
    }

    /** The plan of a spec for a caller with such ranges of ids, made in this JVM. */
    static Plan plan(Path spec, Planner.Subordinates ranges) {
        return Planner.plan(read(spec), ranges);
    }

    /** A spec, which must be valid, read in this JVM. */
    static LoadedSpec read(Path spec) {
        ReadResult result = new SpecReader(new ReadOptions(List.of(), List.of(), true)).read(spec.toString(), spec);
        return result.spec().orElseThrow(() -> new AssertionError(spec + " is not valid: " + result.diagnostics()));
    }

    /** This machine's processor. */
    static Arch arch() {
        return Arch.byName(System.getProperty("os.arch")).orElseThrow();
    }

    /** Builds the launcher of a spec with the packaged nsbox. */
    Path build(Path spec, String name) {
        Path launcher = folder.resolve(name);
        Running.Result result = start(nsbox(), "build", spec.toString(), "-o", launcher.toString())
                .finish();
        if (result.status() != 0) {
            throw new AssertionError("nsbox build " + spec + " ended with " + result);
        }
        return launcher;
    }

    /** Runs a command as the identity, and waits for its end. */
    Running.Result run(Object... words) {
        return start(words).finish();
    }

    /** Starts a command as the identity. */
    Running start(Object... words) {
        return start(Map.of(), words);
    }

    /** Starts a command as the identity, with more variables. */
    Running start(Map<String, String> more, Object... words) {
        Map<String, String> environment = environment();
        environment.putAll(more);
        List<String> command = new ArrayList<>(identity.prefix());
        for (Object word : words) {
            command.add(word.toString());
        }
        return Running.start(folder, environment, command);
    }

    /** Starts a command as whoever runs the tests. */
    Running startPlainly(Object... words) {
        return Running.start(
                folder, environment(), Stream.of(words).map(Object::toString).toList());
    }

    /** The environment that commands have here. */
    Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", PATH);
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("XDG_CACHE_HOME", Installed.cache(identity).toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put(MARK, mark);
        return environment;
    }

    private void giveAway(Path file) throws IOException {
        if (identity.isSomebodyElse()) {
            Files.setAttribute(file, "unix:uid", identity.id());
            Files.setAttribute(file, "unix:gid", identity.id());
        }
    }

    @Override
    public void close() {
        Leftovers.killMarked(mark);
        delete(folder);
        if (identity == Identity.ROOT) {
            for (String kept : List.of("images", "jvm")) {
                delete(Path.of("/var/cache/nsbox/" + kept + folder));
            }
        }
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of the packaged nsbox, laid out as the archive is, for users who may not enter the project's folder. */
    private static final class Installed {
        private static final Path FOLDER = install();

        static Path script() {
            return FOLDER.resolve("bin/nsbox");
        }

        static Path cache(Identity identity) {
            return FOLDER.resolve("cache-" + identity.name().toLowerCase(java.util.Locale.ROOT));
        }

        private static Path install() {
            try {
                Path folder = Files.createTempDirectory("nsbox-installed").toRealPath();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.createDirectories(folder.resolve("bin"));
                Files.createDirectories(folder.resolve("lib"));
                copy(PROJECT.resolve("bin/nsbox"), folder.resolve("bin/nsbox"));
                copy(PROJECT.resolve("target/nsbox.jar"), folder.resolve("lib/nsbox.jar"));
                copy(PROJECT.resolve("target/build-id"), folder.resolve("lib/build-id"));
                for (Identity identity : Identity.values()) {
                    Path cache = Files.createDirectory(
                            folder.resolve("cache-" + identity.name().toLowerCase(java.util.Locale.ROOT)));
                    if (identity.isSomebodyElse()) {
                        Files.setAttribute(cache, "unix:uid", identity.id());
                    }
                }
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void copy(Path from, Path to) throws IOException {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
