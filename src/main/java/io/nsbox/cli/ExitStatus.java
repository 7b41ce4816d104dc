package io.nsbox.cli;

/** The exit statuses of nsbox itself; a sandboxed command's own status passes through {@code up} unchanged. */
public final class ExitStatus {
    /** All is well. */
    public static final int OK = 0;
    /** Problems were found in the input of a command other than {@code up}. */
    public static final int PROBLEMS = 1;
    /** Wrong usage of a command other than {@code up} and {@code exec}, or a defect of nsbox itself there. */
    public static final int USAGE = 2;
    /** {@code up}: the time limit ran out. */
    public static final int TIMEOUT = 124;
    /** {@code up}: bad usage, an invalid spec, or a refused step: the sandbox could not be set up. */
    public static final int SETUP = 125;

    private ExitStatus() {}

    /** The status for wrong usage of a command; those that run one keep it apart from that one's own. */
    static int usage(String command) {
        return runs(command) ? SETUP : USAGE;
    }

    /** The status where a command cannot do what it was told. */
    static int problems(String command) {
        return runs(command) ? SETUP : PROBLEMS;
    }

    /** The status for output that could not be written, where all else is well. */
    static int lostOutput(String... arguments) {
        return problems(arguments.length == 0 ? "" : arguments[0]);
    }

    private static boolean runs(String command) {
        return command.equals("up") || command.equals("exec");
    }
}
