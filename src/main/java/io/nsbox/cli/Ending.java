package io.nsbox.cli;

import io.nsbox.launch.NativeProcesses;
import io.nsbox.plan.Registration;
import io.nsbox.spec.Signal;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Ends sandboxes, and removes what is left of them. */
record Ending(NamedSandboxes sandboxes) {
    private static final int SIGKILL = 9;
    private static final long LONG_ENOUGH = Long.MAX_VALUE;

    /** Asks a sandbox to end as its spec says, and waits until it has. */
    int stop(Sandbox sandbox) throws IOException {
        if (sandbox.isAlive()) {
            toLauncher(sandbox, Signal.TERM.number());
            sandboxes.awaitEnd(sandbox.name(), LONG_ENOUGH);
        }
        return ExitStatus.OK;
    }

    /** Sends a signal to the command; SIGKILL and SIGSTOP, which the launcher cannot pass on, go there directly. */
    int signal(Sandbox sandbox, int signal) throws IOException {
        if (!sandbox.isAlive()) {
            throw new StateException("the sandbox '" + sandbox.name() + "' is not running");
        }
        toCommand(sandbox, signal);
        return ExitStatus.OK;
    }

    /** Kills a sandbox, and waits until it is gone. */
    void kill(Sandbox sandbox) throws IOException {
        toCommand(sandbox, SIGKILL);
        sandboxes.awaitEnd(sandbox.name(), LONG_ENOUGH);
    }

    private void toLauncher(Sandbox sandbox, int signal) throws IOException {
        long launcher = sandbox.launcher().orElseThrow();
        NativeProcesses.signal(launcher, () -> again(sandbox).launcher().equals(OptionalLong.of(launcher)), signal);
    }

    private void toCommand(Sandbox sandbox, int signal) throws IOException {
        Optional<Sandbox> started = Optional.of(sandbox);
        while (started.isPresent()
                && started.get().isAlive()
                && started.get().pid().isEmpty()) {
            NamedSandboxes.pause();
            started = sandboxes.folder().sandboxes().find(sandbox.name());
        }
        if (started.isEmpty() || started.get().pid().isEmpty()) {
            return;
        }
        long pid = started.get().pid().getAsLong();
        NativeProcesses.signal(pid, () -> again(sandbox).pid().equals(OptionalLong.of(pid)), signal);
    }

    private Sandbox again(Sandbox sandbox) {
        try {
            return sandboxes.find(sandbox.name());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a sandbox that has ended; its lock is held meanwhile, so that no launcher can take the name. */
    int remove(Sandbox sandbox) throws IOException {
        if (sandbox.isAlive()) {
            throw new StateException("the sandbox '" + sandbox.name() + "' is running; `nsbox stop " + sandbox.name()
                    + "` ends it, and `nsbox rm -f` kills it");
        }
        Optional<NativeProcesses.Lock> lock = NativeProcesses.tryLock(Sandboxes.lock(sandbox));
        if (lock.isEmpty()) {
            // The guard of a launcher that was killed just now has it for a moment more.
            Sandbox ended = sandboxes.awaitEnd(sandbox.name(), 1000);
            lock = ended.isAlive() ? Optional.empty() : NativeProcesses.tryLock(Sandboxes.lock(sandbox));
        }
        if (lock.isEmpty()) {
            throw new StateException("the sandbox '" + sandbox.name() + "' was started again at this very moment");
        }
        try {
            if (sandbox.state() == Sandbox.State.LOST) {
                removeUnfinishedReport(sandbox);
            }
            Sandboxes.remove(sandbox);
        } finally {
            lock.get().close();
        }
        return ExitStatus.OK;
    }

    /** What a launcher that was killed had written of its report, before it could give it its name. */
    private static void removeUnfinishedReport(Sandbox sandbox) throws IOException {
        String[] pids = Sandboxes.read(sandbox, Registration.PIDS).split(" ", 2);
        // Where there is a process of this pid, the file may be its own.
        if (!pids[0].matches("\\d{1,10}") || Files.exists(Path.of("/proc", pids[0]))) {
            return;
        }
        Path report = Path.of(Registering.read(sandbox).report());
        if (report.isAbsolute()) {
            Files.deleteIfExists(report.resolveSibling(Registration.UNFINISHED_REPORT + pids[0]));
        }
    }
}
