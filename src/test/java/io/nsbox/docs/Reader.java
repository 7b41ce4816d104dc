package io.nsbox.docs;

import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import io.nsbox.testing.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Somebody who types what the documentation says: the user of the tests, or an ordinary user where root tests. */
final class Reader implements AutoCloseable {
    private static final String ORDINARY_ID = "1000";
    private static final Path CLONE = Path.of("").toAbsolutePath();

    private final List<String> as;
    private final Path home;

    private Reader(List<String> as, Path home) {
        this.as = as;
        this.home = home;
    }

    /** Root; needs the tests to run as root. */
    static Reader root() {
        Requirements.requireRoot();
        return new Reader(List.of(), temporaryHome());
    }

    /** An ordinary user, who can read the clone. */
    static Reader ordinaryUser() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new Reader(List.of(), temporaryHome());
        }
        Requirements.requireProgram("setpriv");
        Path home = temporaryHome();
        Commands.run("chown", ORDINARY_ID + ":" + ORDINARY_ID, home.toString());
        List<String> as =
                List.of("setpriv", "--reuid", ORDINARY_ID, "--regid", ORDINARY_ID, "--clear-groups", "--inh-caps=-all");
        return new Reader(as, home);
    }

    private static Path temporaryHome() {
        try {
            return Files.createTempDirectory("reader");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command as the reader, in the reader's environment, in the folder of the clone. */
    Commands.Result run(String... words) {
        return Commands.run(environment(), CLONE, command(words));
    }

    /** Opens a terminal in the folder of the clone. */
    Terminal terminal() {
        Requirements.requireProgram("script");
        requireClone();
        return new Terminal(as, environment(), CLONE, List.of(Transcript.OUTSIDE, Transcript.INSIDE));
    }

    /** Needs the clone, and the jar in it, to be readable. */
    void requireClone() {
        String jar = CLONE.resolve("target/nsbox.jar").toString();
        Requirements.require(
                Commands.run(command("test", "-r", jar)).status() == 0,
                jar + " cannot be read by an ordinary user; run mvn package, in a folder that others may enter");
    }

    private Map<String, String> environment() {
        return Map.of("HOME", home.toString(), "XDG_CACHE_HOME", home + "/.cache", "PATH", path());
    }

    /** Who becomes somebody else does not keep folders on the PATH that only the former may enter. */
    private String path() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .filter(folder -> as.isEmpty()
                        || Commands.run(command("test", "-x", folder)).status() == 0)
                .collect(Collectors.joining(":"));
    }

    private String[] command(String... words) {
        return Stream.concat(as.stream(), Arrays.stream(words)).toArray(String[]::new);
    }

    @Override
    public void close() {
        Commands.run("rm", "-rf", home.toString());
    }
}
