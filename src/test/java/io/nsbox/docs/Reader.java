package io.nsbox.docs;

import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import io.nsbox.testing.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Somebody who types what the documentation says: the user of the tests, or an ordinary user where root tests. */
final class Reader implements AutoCloseable {
    private static final String ORDINARY_ID = "1000";

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

    /** Opens a terminal in the folder of the clone. */
    Terminal terminal() {
        Requirements.requireProgram("script");
        Path clone = Path.of("").toAbsolutePath();
        String[] test = new String[as.size() + 3];
        for (int i = 0; i < as.size(); i++) {
            test[i] = as.get(i);
        }
        test[as.size()] = "test";
        test[as.size() + 1] = "-r";
        test[as.size() + 2] = clone.resolve("target/nsbox.jar").toString();
        Requirements.require(
                Commands.run(test).status() == 0,
                "the clone or its jar cannot be read by an ordinary user: " + clone + " (run mvn package first)");
        Map<String, String> environment = Map.of("HOME", home.toString(), "XDG_CACHE_HOME", home + "/.cache");
        return new Terminal(as, environment, clone, List.of(Transcript.OUTSIDE, Transcript.INSIDE));
    }

    @Override
    public void close() {
        Commands.run("rm", "-rf", home.toString());
    }
}
