package io.nsbox.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/** The one door between the process and the commands: streams, environment and exit happen here and nowhere else. */
public final class Main {
    private Main() {}

    /** Runs nsbox and ends the JVM with its exit status. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        boolean outIsTerminal = "1".equals(System.getProperty("nsbox.terminal.out"));
        boolean errIsTerminal = "1".equals(System.getProperty("nsbox.terminal.err"));
        Console console = new Console(
                System.in, out, err, System.getenv(), Path.of("").toAbsolutePath(), outIsTerminal, errIsTerminal);
        int status = run(console, args);
        out.flush();
        err.flush();
        System.exit(status);
    }

    /** Runs one command line and returns its exit status; see {@link ExitStatus}. */
    public static int run(Console console, String... args) {
        CommandLine line = new CommandLine(new NsboxCommand());
        return line.execute(args);
    }
}
