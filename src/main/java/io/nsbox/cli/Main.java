package io.nsbox.cli;

import io.nsbox.host.HostTree;
import io.nsbox.state.PrivateFolder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The one door between the process and the commands: streams, environment and exit happen here and nowhere else. */
public final class Main {
    private Main() {}

    /** Runs nsbox and ends the JVM with its exit status. */
    public static void main(String[] args) {
        WatchedOutput written = new WatchedOutput(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(written, false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        @Nullable String script = System.getProperty("nsbox.script");
        Map<String, String> environment = environment();
        Path workingDirectory = Path.of("").toAbsolutePath();
        Console console = new Console(
                System.in,
                out,
                err,
                environment,
                workingDirectory,
                "1".equals(System.getProperty("nsbox.terminal.out")),
                "1".equals(System.getProperty("nsbox.terminal.err")));
        String spelledDirectory = System.getProperty("nsbox.pwd", workingDirectory.toString());
        CacheFolder cache = CacheFolder.of(System.getProperty("nsbox.cache"), environment, isRoot());
        if (cache.path() == null) {
            System.setProperty("nsbox.cache", "");
        }
        HandOver launch = new HandOver(
                List.of(args), cache, spelledDirectory, script, System.getProperty("nsbox.answer"), console);
        int status;
        if (RawArguments.areExact(List.of(args)) && RawArguments.areExact(List.of(spelledDirectory))) {
            StateFolder states = StateFolder.of(environment, isRoot(), cache);
            status = run(console, compiler(), launch, cache, states, args);
        } else {
            err.println("nsbox: error: the arguments or the name of the working directory are not UTF-8");
            status = ExitStatus.usage(args.length == 0 ? "" : args[0]);
        }
        out.flush();
        Optional<String> loss = written.loss();
        if (loss.isPresent()) {
            err.println("nsbox: error: cannot write to standard output: " + loss.get());
            status = status == ExitStatus.OK ? ExitStatus.lostOutput(args) : status;
        }
        err.flush();
        // Not exit: nothing waits for a hook, and exit starts the logging of newer Javas only to say nothing.
        Runtime.getRuntime().halt(status);
    }

    /** Runs one command line and returns its exit status; see {@link ExitStatus}. */
    public static int run(
            Console console, Compiler compiler, Launch launch, CacheFolder cache, StateFolder states, String... args) {
        try {
            int status;
            if (args.length == 2 && args[0].equals("up") && !args[1].startsWith("-")) {
                status = Launch.compileAndRun(CompileRequest.plain(args[1]), console, compiler, launch);
            } else {
                status = commandLine(console, compiler, launch, cache, states).execute(args);
            }
            return status;
        } catch (RuntimeException | Error e) {
            return internalError(e, console, args);
        }
    }

    /** The whole command line, with what its commands work on. */
    static CommandLine commandLine(
            Console console, Compiler compiler, Launch launch, CacheFolder cache, StateFolder states) {
        Optional<RunningProbes> probes = Optional.of(new RunningProbes(host()));
        return CommandLines.of(
                console,
                compiler,
                launch,
                cache,
                states,
                InstantSource.system(),
                host(),
                System.getProperty("os.arch", ""),
                probes,
                new Installation(System.getProperty("nsbox.script"), isRoot()));
    }

    /** Reports a defect of nsbox itself in one line, or with its stack trace where {@code NSBOX_DEBUG} is 1. */
    static int internalError(Throwable defect, Console console, String... args) {
        boolean debug = console.isDebug();
        String where = debug ? "" : "; NSBOX_DEBUG=1 in the environment shows where";
        console.err()
                .println("nsbox: internal error: "
                        + defect.toString().lines().findFirst().orElse("") + where);
        if (debug) {
            defect.printStackTrace(console.err());
        }
        return ExitStatus.usage(args.length == 0 ? "" : args[0]);
    }

    /** The line from a spec to an image. */
    static Compiler compiler() {
        @Nullable String buildId = System.getProperty("nsbox.build-id");
        return new SandboxCompiler(host(), buildId == null ? null : Path.of(buildId));
    }

    private static HostTree host() {
        return HostTree.at(Path.of("/"));
    }

    /** The caller's environment variables, without what {@code bin/nsbox} changed for the JVM. */
    static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (System.getProperty("nsbox.script") == null) {
            return environment;
        }
        for (String variable : HandOver.BORROWED) {
            @Nullable String saved = environment.remove("NSBOX_SAVED_" + variable);
            if (saved == null) {
                environment.remove(variable);
            } else {
                environment.put(variable, saved);
            }
        }
        return environment;
    }

    private static boolean isRoot() {
        try {
            return PrivateFolder.effectiveUser() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
