package io.nsbox.it;

import io.nsbox.image.ElfImage;
import io.nsbox.plan.Lowering;
import io.nsbox.plan.Planner;
import io.nsbox.plan.SandboxProcess;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The launcher of a command that enters a sandbox whose pid is known beforehand, but not its namespaces: these are written
 * into it where it runs.
 *
 * @param file the launcher
 * @param process the sandbox
 */
record EntryImage(Path file, SandboxProcess process) {
    private static final long MARK = 0x7e57_0000_0000_0000L;

    /** Compiles it; the spec's namespaces are those of the sandbox. */
    static EntryImage compile(Workshop workshop, String name, Path spec, long pid, long launcher, String... words) {
        Map<Namespace, Long> marks = new EnumMap<>(Namespace.class);
        read(spec, words).spec().namespaces().forEach(namespace -> marks.put(namespace, MARK + namespace.ordinal()));
        SandboxProcess process = new SandboxProcess(pid, launcher, marks);
        return new EntryImage(compile(workshop, name, spec, process, words), process);
    }

    /** Compiles the launcher for a sandbox that is known. */
    static Path compile(Workshop workshop, String name, Path spec, SandboxProcess process, String... words) {
        Path file = workshop.script(name, "");
        try {
            Files.write(
                    file,
                    ElfImage.write(Lowering.once(Planner.entry(read(spec, words), process, false), Workshop.arch())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** A process as it is now, with those of its namespaces that the spec lists. */
    static SandboxProcess process(Path spec, long pid, long launcher) {
        Map<Namespace, Long> inodes = new EnumMap<>(Namespace.class);
        try {
            for (Namespace namespace : read(spec, "true").spec().namespaces()) {
                Path file = Path.of("/proc/" + pid + "/ns/" + SandboxProcess.file(namespace));
                inodes.put(namespace, (Long) Files.getAttribute(file, "unix:ino"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SandboxProcess(pid, launcher, inodes);
    }

    private static LoadedSpec read(Path spec, String... words) {
        return new SpecReader(new ReadOptions(List.of(), List.of(words), true))
                .read(spec.toString(), spec)
                .spec()
                .orElseThrow();
    }

    /** Shell commands that write the numbers of the sandbox's namespaces into the launcher, by {@code patch FILE OFFSET NUMBER}. */
    String patches() {
        StringBuilder lines = new StringBuilder();
        process.namespaces()
                .forEach((namespace, mark) -> lines.append("patch ./")
                        .append(file.getFileName())
                        .append(' ')
                        .append(offset(mark))
                        .append(" $(stat -L -c %i /proc/")
                        .append(process.pid())
                        .append("/ns/")
                        .append(SandboxProcess.file(namespace))
                        .append(")\n"));
        return lines.toString();
    }

    private int offset(long mark) {
        try {
            ByteBuffer image = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at + 8 <= image.limit(); at++) {
                if (image.getLong(at) == mark) {
                    return at;
                }
            }
            throw new AssertionError("the launcher does not compare its namespaces");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
