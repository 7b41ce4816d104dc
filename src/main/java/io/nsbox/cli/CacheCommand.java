package io.nsbox.cli;

import io.nsbox.launch.CacheException;
import io.nsbox.launch.ImageCache;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code nsbox cache}: where compiled launchers are kept. */
@Command(
        name = "cache",
        header = "Show or empty the folder of compiled launchers.",
        description =
                "Launchers are kept so that a second start needs no Java. "
                        + "A launcher proves that it is still right before it runs, so the cache never has to be cleared; it may be.",
        synopsisSubcommandLabel = "(path | clear)")
final class CacheCommand {
    private final Console console;
    private final CacheFolder folder;

    CacheCommand(Console console, CacheFolder folder) {
        this.console = console;
        this.folder = folder;
    }

    /** Prints the folder. */
    @Command(name = "path", description = "Print the cache's folder.")
    int path() {
        Path path = folder.path();
        if (path == null) {
            return none();
        }
        console.out().println(path);
        return ExitStatus.OK;
    }

    /** Removes everything in the folder. */
    @Command(name = "clear", description = "Remove everything that nsbox keeps in its cache.")
    int clear() {
        Path path = folder.path();
        if (path == null) {
            return none();
        }
        try {
            ImageCache.clear(path);
            return ExitStatus.OK;
        } catch (CacheException e) {
            console.err().println("nsbox: error: " + e.getMessage());
            return ExitStatus.PROBLEMS;
        }
    }

    private int none() {
        console.err().println("nsbox: error: " + CacheFolder.NONE);
        return ExitStatus.PROBLEMS;
    }
}
