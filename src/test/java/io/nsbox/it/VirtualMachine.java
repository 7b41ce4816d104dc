package io.nsbox.it;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A machine with a kernel of its own, emulated, whose only programs are busybox and some launchers.
 *
 * <p>It has control groups of version 2 alone. What its script says comes back over the serial line.
 */
final class VirtualMachine {
    /** Where {@code .ci/run} puts a kernel of Debian's; or NSBOX_TEST_KERNEL names one. */
    private static final Path KERNELS = Path.of("/var/cache/nsbox-test-kernel");

    private static final int PATIENCE_SECONDS = 600;

    private static final String START = """
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            export PATH=/bin
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            mount -t devtmpfs dev /dev
            mount -t tmpfs -o mode=1777 tmpfs /tmp
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            cd /box
            sh /script </dev/null
            echo "[end]"
            poweroff -f
            """;

    private final Workshop workshop;
    private final Path root;

    private VirtualMachine(Workshop workshop) {
        this.workshop = workshop;
        this.root = workshop.newFolder("machine");
    }

    /** A machine that is put together in the workshop; skips the test where there is nothing to make it of. */
    static VirtualMachine in(Workshop workshop) {
        Requirements.requireProgram("qemu-system-x86_64");
        Requirements.requireProgram("cpio");
        Requirements.requireFile("/bin/busybox");
        Requirements.require(kernel() != null, "there is no kernel for a virtual machine in " + KERNELS);
        return new VirtualMachine(workshop);
    }

    private static Path kernel() {
        String named = System.getenv("NSBOX_TEST_KERNEL");
        if (named != null) {
            return Path.of(named);
        }
        if (!Files.isDirectory(KERNELS)) {
            return null;
        }
        try (Stream<Path> files = Files.list(KERNELS)) {
            return files.filter(file -> file.getFileName().toString().startsWith("vmlinuz-"))
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a launcher of this spec into the machine, as /box/NAME. */
    VirtualMachine with(String name, String spec) {
        Path built = workshop.build(workshop.file(name + ".yaml", spec), name);
        return with("box/" + name, built);
    }

    /** Puts a file into the machine. */
    VirtualMachine with(String path, Path file) {
        try {
            Path target = root.resolve(path);
            Files.createDirectories(target.getParent());
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the script in the machine, and gives what it said after each {@code [mark]}. */
    Map<String, String> run(String script) {
        try {
            for (String folder : List.of("bin", "proc", "sys", "dev", "tmp")) {
                Files.createDirectories(root.resolve(folder));
            }
            with("bin/busybox", Path.of("/bin/busybox").toRealPath());
            workshop.script("machine/init", START);
            workshop.script("machine/script", script);
            Path files = workshop.folder().resolve("initramfs");
            Process pack = new ProcessBuilder(
                            "sh", "-c", "find . | cpio -o -H newc --quiet | gzip -1 >\"$1\"", "sh", files.toString())
                    .directory(root.toFile())
                    .inheritIO()
                    .start();
            if (pack.waitFor() != 0) {
                throw new AssertionError("the machine's files cannot be packed");
            }
            return parts(boot(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String boot(Path files) throws IOException, InterruptedException {
        Path said = workshop.folder().resolve("said");
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-m", "512"));
        words.addAll(List.of("-smp", "2", "-display", "none", "-no-reboot", "-nodefaults", "-serial", "stdio"));
        words.addAll(List.of("-kernel", String.valueOf(kernel()), "-initrd", files.toString()));
        words.addAll(List.of("-append", "console=ttyS0 quiet loglevel=0 panic=-1"));
        Process machine = new ProcessBuilder(words)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = machine.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        machine.destroyForcibly().waitFor();
        String all = Files.readString(said, StandardCharsets.UTF_8).replace("\r", "");
        if (!ended || !all.contains("[end]")) {
            throw new AssertionError("the virtual machine did not come to its end; it said:\n" + all);
        }
        return all;
    }

    private static Map<String, String> parts(String all) {
        Map<String, String> parts = new TreeMap<>();
        String mark = "";
        for (String line : all.split("\n")) {
            if (line.matches("\\[[a-z0-9 -]+]")) {
                mark = line.substring(1, line.length() - 1);
                parts.put(mark, "");
            } else {
                parts.merge(mark, line + "\n", String::concat);
            }
        }
        return parts;
    }
}
