package io.nsbox.cli;

import io.nsbox.plan.Registration;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import io.nsbox.text.DurationReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox logs}: prints what the command of a sandbox in the background wrote. */
@Command(
        name = "logs",
        header = "Print what the command of a sandbox in the background has written.",
        description = "Standard output and standard error, byte for byte, in the order in which they came.")
final class LogsCommand implements Callable<Integer> {
    private static final int ENTRY = 24;
    private static final int CHUNK = 65536;
    private static final int LOGGER_MILLIS = 10_000;
    private static final int LOGGER_MILLIS_BESIDE_OTHERS = 200;

    private final Console console;
    private final InstantSource clock;
    private final NamedSandboxes sandboxes;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the sandbox ends.")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only what came since then: a duration before now, such as 10m, or a time such as "
                    + "2026-01-31T12:00:00Z.")
    private @Nullable String since;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "LINES",
            description = "Only the last LINES lines.")
    private @Nullable Integer tail;

    @Parameters(paramLabel = "NAME", description = "The sandbox.")
    private String name = "";

    LogsCommand(Console console, StateFolder states, InstantSource clock) {
        this.console = console;
        this.clock = clock;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        if (tail != null && tail < 0) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(), "--tail takes a number of lines, and not " + tail);
        }
        Instant from = since == null ? Instant.MIN : since(since);
        return sandboxes.one(name, sandbox -> {
            Path log = sandbox.folder().resolve(Registration.LOG);
            if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
                throw new StateException(
                        "the sandbox '" + name + "' keeps no log: it was not started with nsbox up -d");
            }
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                if (!sandbox.isAlive()) {
                    awaitLogger(sandbox);
                }
                file.seek(start(sandbox, file, from));
                copy(file);
                while (follow && !console.out().checkError()) {
                    if (!Sandboxes.isStillAlive(sandbox)) {
                        awaitLogger(sandbox);
                        copy(file);
                        break;
                    }
                    copy(file);
                    NamedSandboxes.pause();
                }
            }
            return ExitStatus.OK;
        });
    }

    /** Lets the process that keeps the log write what the sandbox said at last. */
    private static void awaitLogger(Sandbox sandbox) throws IOException {
        // Without a pid namespace it goes on for as long as anybody is left in the background who can write.
        boolean allEnded = hasPidNamespace(sandbox);
        int patience = allEnded ? LOGGER_MILLIS : LOGGER_MILLIS_BESIDE_OTHERS;
        for (int waited = 0; waited < patience; waited += NamedSandboxes.POLL_MILLIS) {
            if (!Sandboxes.isHeld(sandbox, Registration.LOG)) {
                return;
            }
            NamedSandboxes.pause();
        }
    }

    private static boolean hasPidNamespace(Sandbox sandbox) throws IOException {
        try {
            return Registering.read(sandbox).namespaces().contains("pid");
        } catch (StateException e) {
            // What it is described by says nothing against its log.
            return false;
        }
    }

    private Instant since(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return DurationReader.parse(text)
                    .map(clock.instant()::minus)
                    .orElseThrow(() -> new ParameterException(
                            Objects.requireNonNull(command).commandLine(),
                            "--since takes a duration such as 10m, or a time such as 2026-01-31T12:00:00Z, and not '"
                                    + text + "'"));
        }
    }

    private long start(Sandbox sandbox, RandomAccessFile file, Instant from) throws IOException {
        long length = file.length();
        long start = from.equals(Instant.MIN) ? 0 : firstSince(sandbox, from, length);
        return tail == null ? start : Math.max(start, lastLines(file, length, tail));
    }

    /** The index has one entry for each part of the log, in the order of time. */
    private static long firstSince(Sandbox sandbox, Instant from, long length) throws IOException {
        Path index = sandbox.folder().resolve(Registration.LOG_INDEX);
        if (!Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)) {
            throw noTimes(sandbox);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(index), CHUNK)) {
            for (byte[] entry = in.readNBytes(ENTRY); entry.length == ENTRY; entry = in.readNBytes(ENTRY)) {
                ByteBuffer numbers = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
                Instant time = Instant.ofEpochSecond(numbers.getLong(), numbers.getLong());
                long offset = numbers.getLong();
                if (offset < 0) {
                    throw noTimes(sandbox);
                }
                if (!time.isBefore(from)) {
                    return offset;
                }
            }
        } catch (DateTimeException | ArithmeticException e) {
            throw noTimes(sandbox);
        }
        return length;
    }

    private static StateException noTimes(Sandbox sandbox) {
        return new StateException("the times of the log of the sandbox '" + sandbox.name()
                + "' cannot be read; without --since it is printed from its start");
    }

    /** Where the last lines begin; a last line without a line break counts as one. */
    private static long lastLines(RandomAccessFile file, long length, int lines) throws IOException {
        if (lines == 0) {
            return length;
        }
        byte[] chunk = new byte[CHUNK];
        long end = length;
        int seen = 0;
        while (end > 0) {
            int size = (int) Math.min(CHUNK, end);
            file.seek(end - size);
            file.readFully(chunk, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                boolean last = end - size + i == length - 1;
                if (chunk[i] == '\n' && !last && ++seen == lines) {
                    return end - size + i + 1;
                }
            }
            end -= size;
        }
        return 0;
    }

    private void copy(RandomAccessFile file) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int read = file.read(chunk); read > 0; read = file.read(chunk)) {
            console.out().write(chunk, 0, read);
        }
        console.out().flush();
    }
}
