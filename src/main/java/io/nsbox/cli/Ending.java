package io.nsbox.cli;

import io.nsbox.launch.NativeProcesses;
import io.nsbox.plan.Registration;
import io.nsbox.program.Linux;
import io.nsbox.spec.Signal;
import io.nsbox.state.Members;
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
    private static final int LOCK_MILLIS = 10_000;

    /** Asks a sandbox to end as its spec says. */
    int ask(Sandbox sandbox) throws IOException {
        if (sandbox.isAlive()) {
            toLauncher(sandbox, Signal.TERM.number());
        }
        return ExitStatus.OK;
    }

    /** Waits until a sandbox has ended. */
    int await(Sandbox sandbox) throws IOException {
        NamedSandboxes.awaitEnd(sandbox);
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

    /** Kills a sandbox. */
    int kill(Sandbox sandbox) throws IOException {
        if (sandbox.isAlive()) {
            toCommand(sandbox, Linux.SIGKILL);
        }
        return ExitStatus.OK;
    }

    /** Waits until a sandbox has ended, and removes it. */
    int removeEnded(Sandbox sandbox) throws IOException {
        NamedSandboxes.awaitEnd(sandbox);
        return remove(sandboxes.find(sandbox.name()));
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
        if (signal == Linux.SIGSTOP && Registering.read(sandbox).init()) {
            // An init passes on what it gets, and this it does not get: it would be stopped itself.
            OptionalLong command = secondOf(pid);
            if (command.isPresent()) {
                NativeProcesses.signal(command.getAsLong(), () -> secondOf(pid).equals(command), signal);
            }
            return;
        }
        NativeProcesses.signal(pid, () -> again(sandbox).pid().equals(OptionalLong.of(pid)), signal);
    }

    private static OptionalLong secondOf(long init) {
        try {
            return Members.secondOf(init);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        // A launcher that has just ended lets go of its files one after the other; its guard has the lock for a moment
        // more.
        for (int waited = 0; lock.isEmpty() && waited < LOCK_MILLIS; waited += NamedSandboxes.POLL_MILLIS) {
            if (sandboxes.find(sandbox.name()).isAlive()) {
                break;
            }
            NamedSandboxes.pause();
            lock = NativeProcesses.tryLock(Sandboxes.lock(sandbox));
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
        Path report;
        try {
            report = Path.of(Registering.read(sandbox).report());
        } catch (StateException e) {
            // Its launcher was killed before it had written that, or the disk was full: it can be removed all the same.
            return;
        }
        if (report.isAbsolute()) {
            Files.deleteIfExists(report.resolveSibling(Registration.UNFINISHED_REPORT + pids[0]));
        }
    }
}
