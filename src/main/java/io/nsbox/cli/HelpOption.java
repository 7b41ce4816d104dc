package io.nsbox.cli;

import picocli.CommandLine.Option;

/** {@code --help}, which every command takes. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help and exit.")
    @SuppressWarnings("unused") // picocli sets it and acts on it.
    private boolean help;
}
