package io.nsbox.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nsbox schema}: prints the JSON Schema of the spec language, for editors. */
@Command(
        name = "schema",
        header = "Print the JSON Schema of the spec language.",
        description = "Editors complete and check a spec by it: save it, and name it in the spec's first line, as in "
                + "'# yaml-language-server: $$schema=nsbox.schema.json'.")
final class SchemaCommand implements Callable<Integer> {
    private static final String SCHEMA = "/io/nsbox/schema/nsbox.schema.json";

    private final Console console;

    SchemaCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        console.out().print(Resources.text(SCHEMA));
        console.out().flush();
        return ExitStatus.OK;
    }
}
