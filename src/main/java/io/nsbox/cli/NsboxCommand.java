package io.nsbox.cli;

import picocli.CommandLine.Command;

/** The root of the command line; every subcommand is a class of its own and is given the {@link Console}. */
@Command(
        name = "nsbox",
        description = "Runs commands in sandboxes that YAML specs describe.",
        synopsisSubcommandLabel = "COMMAND")
final class NsboxCommand {}
