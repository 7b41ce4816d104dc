package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Holds docs/cli.md against the command line's own model. */
class CommandPageTest {
    /** Commands are described, not run, so none of their parts is there. */
    private static final IFactory WITHOUT_PARTS = new IFactory() {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            var constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            Object[] parts = new Object[constructor.getParameterCount()];
            Class<?>[] types = constructor.getParameterTypes();
            for (int i = 0; i < parts.length; i++) {
                parts[i] = types[i] == String.class
                        ? ""
                        : types[i] == java.util.Optional.class ? java.util.Optional.empty() : null;
            }
            return type.cast(constructor.newInstance(parts));
        }
    };

    private static final CommandSpec NSBOX = new CommandLine(NsboxCommand.class, WITHOUT_PARTS).getCommandSpec();

    @Test
    void everyCommandHasASectionAndNoOther() throws IOException {
        List<String> sections = page().lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .filter(heading -> !heading.equals("Environment"))
                .toList();
        assertThat(sections)
                .containsExactlyInAnyOrderElementsOf(NSBOX.subcommands().keySet());
    }

    @Test
    void everyOptionAndSubcommandStandsInItsCommandsSection() throws IOException {
        int compared = 0;
        for (var command : NSBOX.subcommands().entrySet()) {
            String section = section(command.getKey());
            List<String> words = new ArrayList<>();
            for (OptionSpec option : command.getValue().getCommandSpec().options()) {
                words.addAll(List.of(option.names()));
            }
            words.removeAll(List.of("-h", "--help"));
            command.getValue().getSubcommands().keySet().forEach(word -> words.add(command.getKey() + " " + word));
            for (String word : words) {
                assertThat(section).as(command.getKey()).contains(word);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(10);
    }

    @Test
    void theOptionsOfAllCommandsAreAtTheTop() throws IOException {
        String top = page().substring(0, page().indexOf("\n## "));
        assertThat(top).contains("`-h`", "`--help`", "`-V`", "`--version`");
        for (OptionSpec option : NSBOX.options()) {
            for (String name : option.names()) {
                assertThat(top).contains("`" + name + "`");
            }
        }
    }

    private static String section(String command) throws IOException {
        String page = page();
        int start = page.indexOf("\n## " + command + "\n");
        assertThat(start).as(command).isPositive();
        int end = page.indexOf("\n## ", start + 1);
        return page.substring(start, end);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/cli.md"));
    }
}
