package io.nsbox.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A copy of /etc in which user 1000 has a name and ranges of subordinate ids, to be bound over /etc in a mount namespace. */
final class SubordinateIdsOfTests {
    /** What user 1000 is called there. */
    static final String USER = "nsboxtester";

    private SubordinateIdsOfTests() {}

    static Path etc(Workshop workshop) throws IOException {
        Path etc = workshop.folder().resolve("etc");
        Running.Result copied = workshop.startPlainly("cp", "-a", "/etc", etc).finish();
        if (copied.status() != 0) {
            throw new AssertionError("cannot copy /etc: " + copied.err());
        }
        replace(etc.resolve("passwd"), USER + ":x:1000:1000::/:/bin/sh");
        replace(etc.resolve("group"), USER + ":x:1000:");
        Files.writeString(etc.resolve("subuid"), USER + ":100000:65536\n");
        Files.writeString(etc.resolve("subgid"), USER + ":200000:65536\n");
        return etc;
    }

    /** Puts a line in the place of whoever had the id 1000. */
    private static void replace(Path file, String line) throws IOException {
        List<String> kept = Files.readAllLines(file).stream()
                .filter(each -> !each.split(":", -1)[2].equals("1000"))
                .toList();
        Files.writeString(file, String.join("\n", kept) + "\n" + line + "\n");
    }
}
