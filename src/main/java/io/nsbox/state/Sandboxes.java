package io.nsbox.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The folder with a folder for each sandbox that has a name.
 *
 * @param folder absolute; it need not exist
 */
public record Sandboxes(Path folder) {
    private static final String LOCK = "lock";
    private static final String PIDS = "pids";
    private static final String STATUS = "status";

    /** No file of a sandbox's comes near it; what does is nothing that a launcher wrote. */
    private static final int MOST_BYTES = 16 << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** All of them, by name; entries that end while they are looked at are as they were. */
    public List<Sandbox> list() throws IOException {
        List<Sandbox> all = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return all;
        }
        check();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                find(String.valueOf(entry.getFileName())).ifPresent(all::add);
            }
        }
        all.sort(Comparator.comparing(Sandbox::name));
        return all;
    }

    /** The sandbox of this name, if there is one. */
    public Optional<Sandbox> find(String name) throws IOException {
        Path own = folder.resolve(name);
        if (!NAME.matcher(name).matches() || !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        check();
        if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.exists(own.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)) {
            // Made, and no launcher has come yet: nothing that anybody could work with.
            return Optional.empty();
        }
        return Optional.of(look(name, own));
    }

    /** Whether the launcher that a sandbox had when it was looked at still lives. */
    public static boolean isStillAlive(Sandbox sandbox) throws IOException {
        return sandbox.isAlive() && LockHolder.of(lock(sandbox)).equals(sandbox.launcher());
    }

    /** Whether somebody holds the lock on one of a sandbox's files. */
    public static boolean isHeld(Sandbox sandbox, String file) throws IOException {
        return LockHolder.of(sandbox.folder().resolve(file)).isPresent();
    }

    private static Sandbox look(String name, Path own) throws IOException {
        OptionalLong launcher = LockHolder.of(own.resolve(LOCK));
        Optional<Instant> started = modified(own.resolve(PIDS));
        if (launcher.isPresent()) {
            OptionalLong pid = firstProcess(own, launcher.getAsLong());
            Sandbox.State state = pid.isPresent() ? Sandbox.State.RUNNING : Sandbox.State.STARTING;
            return new Sandbox(name, own, state, launcher, pid, OptionalInt.empty(), started, Optional.empty());
        }
        OptionalInt status = status(own.resolve(STATUS));
        Optional<Instant> ended = status.isPresent() ? modified(own.resolve(STATUS)) : Optional.empty();
        Sandbox.State state = status.isPresent() ? Sandbox.State.EXITED : Sandbox.State.LOST;
        return new Sandbox(name, own, state, launcher, OptionalLong.empty(), status, started, ended);
    }

    /** The pid that the launcher wrote down, if it is the launcher's child. */
    private static OptionalLong firstProcess(Path own, long launcher) throws IOException {
        String[] words = text(own.resolve(PIDS)).strip().split(" ");
        if (words.length != 2 || !words[0].equals(Long.toString(launcher)) || !words[1].matches("\\d{1,10}")) {
            return OptionalLong.empty();
        }
        String stat = text(Path.of("/proc/" + words[1] + "/stat"));
        // PID (NAME) STATE PPID ..., where the name may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        boolean child = fields.length > 1 && fields[1].equals(Long.toString(launcher)) && !fields[0].equals("Z");
        return child ? OptionalLong.of(Long.parseLong(words[1])) : OptionalLong.empty();
    }

    private static OptionalInt status(Path file) throws IOException {
        return status(text(file));
    }

    /** The exit status that the text of a sandbox's status file says; empty where there is none yet. */
    public static OptionalInt status(String text) {
        String word = text.strip();
        return word.matches("\\d{1,3}") && Integer.parseInt(word) <= 255
                ? OptionalInt.of(Integer.parseInt(word))
                : OptionalInt.empty();
    }

    private static Optional<Instant> modified(Path file) throws IOException {
        try {
            return Optional.of(
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String text(Path file) throws IOException {
        // Who put a named pipe here would make everybody wait, and who put a loop of links would make every list fail.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (NoSuchFileException | AccessDeniedException e) {
            // What may not be read says nothing; one such file must not keep all others from being listed.
            return "";
        } catch (IOException e) {
            // A process that ends while it is looked at (ESRCH).
            if (file.startsWith("/proc")) {
                return "";
            }
            throw e;
        }
    }

    /** The text of one of a sandbox's files; empty where it is missing. */
    public static String read(Sandbox sandbox, String file) throws IOException {
        return text(sandbox.folder().resolve(file));
    }

    /**
     * Makes the folder of a sandbox that is about to start.
     *
     * @return its folder
     */
    public Path prepare(String name) throws IOException {
        PrivateFolder.make(folder);
        check();
        Path own = folder.resolve(name);
        PrivateFolder.make(own);
        return own;
    }

    /** Removes a sandbox that has ended; the caller holds its lock. */
    public static void remove(Sandbox sandbox) throws IOException {
        Path lock = sandbox.folder().resolve(LOCK);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(sandbox.folder())) {
            for (Path file : files) {
                if (!file.equals(lock)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        Files.deleteIfExists(lock);
        Files.deleteIfExists(sandbox.folder());
    }

    /**
     * Removes the folders that were made for launchers which never came.
     *
     * @param before those that were made since then may still get theirs
     * @return their names
     */
    public List<String> removeUnclaimed(Instant before) throws IOException {
        List<String> removed = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return removed;
        }
        check();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!NAME.matcher(String.valueOf(entry.getFileName())).matches()
                        || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                boolean claimed = Files.exists(entry.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
                Optional<Instant> made = modified(entry);
                if (!claimed && made.isPresent() && made.get().isBefore(before)) {
                    try {
                        // A launcher that came at this very moment has put its lock there, and keeps it.
                        Files.delete(entry);
                        removed.add(String.valueOf(entry.getFileName()));
                    } catch (DirectoryNotEmptyException e) {
                        continue;
                    }
                }
            }
        }
        Collections.sort(removed);
        return removed;
    }

    /** Where a sandbox's lock is. */
    public static Path lock(Sandbox sandbox) {
        return sandbox.folder().resolve(LOCK);
    }

    private void check() throws IOException {
        Optional<String> whyNot = PrivateFolder.whyNot(folder);
        if (whyNot.isPresent()) {
            throw new IOException("the folder " + folder + " cannot be trusted: " + whyNot.get());
        }
    }
}
