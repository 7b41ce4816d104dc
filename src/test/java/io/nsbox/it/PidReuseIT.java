package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.launch.NativeProcesses;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** S25: a pid that is given to another process just when a signal is on its way to the one that had it. */
class PidReuseIT {
    /** Runs in a pid namespace of its own, where it can say which pid is next (proc_sys_kernel(5), ns_last_pid). */
    static final class Attack {
        private static final int SIGKILL = 9;

        private Attack() {}

        /** Says whether each signal was sent, and whether who should not get it lives. */
        public static void main(String[] words) throws Exception {
            Process first = sleep();
            CompletableFuture<Process> second = new CompletableFuture<>();
            boolean sent = NativeProcesses.signal(
                    first.pid(),
                    () -> {
                        first.destroyForcibly().onExit().join();
                        second.complete(sleepAs(first.pid()));
                        return true;
                    },
                    SIGKILL);
            boolean lives = !second.get().waitFor(1, java.util.concurrent.TimeUnit.SECONDS);
            System.out.println("used again: sent " + sent + ", lives " + lives);
            sent = NativeProcesses.signal(second.get().pid(), () -> false, SIGKILL);
            lives = !second.get().waitFor(1, java.util.concurrent.TimeUnit.SECONDS);
            System.out.println("not meant: sent " + sent + ", lives " + lives);
            sent = NativeProcesses.signal(second.get().pid(), () -> true, SIGKILL);
            System.out.println(
                    "meant: sent " + sent + ", status " + second.get().waitFor());
        }

        private static Process sleep() throws IOException {
            return new ProcessBuilder("sleep", "300").start();
        }

        private static Process sleepAs(long pid) {
            try {
                while (true) {
                    Files.writeString(Path.of("/proc/sys/kernel/ns_last_pid"), Long.toString(pid - 1));
                    Process process = sleep();
                    if (process.pid() == pid) {
                        return process;
                    }
                    process.destroyForcibly().onExit().join();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aSignalDoesNotReachWhoHasThePidByThen() {
        Requirements.requireFile("/proc/sys/kernel/ns_last_pid");
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Running.Result result = workshop.run(
                    "unshare",
                    "-p",
                    "-f",
                    "-m",
                    "--mount-proc",
                    Path.of(System.getProperty("java.home"), "bin/java"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Attack.class.getName());
            assertThat(result)
                    .isEqualTo(new Running.Result(
                            0,
                            "used again: sent false, lives true\nnot meant: sent false, lives true\n"
                                    + "meant: sent true, status 137\n",
                            ""));
        }
    }
}
