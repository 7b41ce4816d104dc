package io.nsbox.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine: where it is missing the test says so and is skipped, or fails in CI. */
public final class Requirements {
    private static final boolean ALL = "1".equals(System.getenv("NSBOX_REQUIRE_ALL"));

    private Requirements() {}

    /** Goes on only if the condition holds; with NSBOX_REQUIRE_ALL=1 it is a failure if it does not. */
    public static void require(boolean holds, String reason) {
        if (ALL) {
            Assertions.assertTrue(holds, "NSBOX_REQUIRE_ALL=1, but " + reason);
        }
        Assumptions.assumeTrue(holds, reason);
    }

    /** Needs a program on the PATH. */
    public static void requireProgram(String name) {
        boolean found = false;
        for (String folder : System.getenv("PATH").split(":")) {
            found |= Files.isExecutable(Path.of(folder, name));
        }
        require(found, "the program " + name + " is not installed");
    }

    /** Needs to be root, to become somebody else, or to do what only root may. */
    public static void requireRoot() {
        require("root".equals(System.getProperty("user.name")), "the tests do not run as root");
    }

    /** Needs a file of the machine. */
    public static void requireFile(String path) {
        require(Files.exists(Path.of(path)), path + " is missing");
    }
}
