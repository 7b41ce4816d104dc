package io.nsbox.cli;

import io.nsbox.launch.CacheException;
import io.nsbox.launch.ImageCache;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nsbox cache}: where compiled launchers are kept. */
@Command(
        name = "cache",
        header = "Show or empty the folder of compiled launchers.",
        description =
                "Launchers are kept so that a second start needs no Java. "
                        + "A launcher proves that it is still right before it runs, so the cache never has to be cleared; it may be.",
        synopsisSubcommandLabel = "(path | clear)",
        subcommands = {CacheCommand.Show.class, CacheCommand.Clear.class})
final class CacheCommand {

    /** Prints the folder. */
    @Command(name = "path", header = "Print the cache's folder.")
    static final class Show implements Callable<Integer> {
        private final Console console;
        private final CacheFolder folder;

        Show(Console console, CacheFolder folder) {
            this.console = console;
            this.folder = folder;
        }

        @Override
        public Integer call() {
            Path path = folder.path();
            if (path == null) {
                return refuse(console, CacheFolder.NONE);
            }
            console.out().println(path);
            return ExitStatus.OK;
        }
    }

    /** Removes everything in the folder that can be made again. */
    @Command(name = "clear", header = "Remove what nsbox keeps in its cache.")
    static final class Clear implements Callable<Integer> {
        private final Console console;
        private final CacheFolder folder;

        Clear(Console console, CacheFolder folder) {
            this.console = console;
            this.folder = folder;
        }

        @Override
        public Integer call() {
            Path path = folder.path();
            if (path == null) {
                return refuse(console, CacheFolder.NONE);
            }
            try {
                ImageCache.clear(path);
                return ExitStatus.OK;
            } catch (CacheException e) {
                return refuse(console, String.valueOf(e.getMessage()));
            }
        }
    }

    private static int refuse(Console console, String why) {
        console.err().println("nsbox: error: " + why);
        return ExitStatus.PROBLEMS;
    }
}
