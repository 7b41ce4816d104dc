package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.host.HostTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ManPageTest {
    private static final CommandLine NSBOX = Main.commandLine(
            console(),
            new SandboxCompiler(HostTree.at(Path.of("/")), null),
            (i, r) -> 0,
            new CacheFolder(null),
            new StateFolder(null, false));

    static Stream<CommandLine> commands() {
        return NSBOX.getSubcommands().values().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandAndItsOptionsAreDescribed(CommandLine command) throws IOException {
        String page = Files.readString(Path.of("docs/man/nsbox.1")).replace("\\-", "-");

        assertThat(page).contains(".SS nsbox " + command.getCommandName() + "\n");
        String section = page.substring(page.indexOf(".SS nsbox " + command.getCommandName() + "\n") + 1);
        section = section.substring(0, section.indexOf("\n.S") + 1);
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.usageHelp()) {
                assertThat(section).contains(option.longestName());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void thePageOfCommandsHasThemAndTheirOptionsToo(CommandLine command) throws IOException {
        String page = Files.readString(Path.of("docs/cli.md"));

        String heading = "\n## " + command.getCommandName() + "\n";
        assertThat(page).contains(heading);
        String section = page.substring(page.indexOf(heading) + heading.length());
        int end = section.indexOf("\n## ");
        section = end < 0 ? section : section.substring(0, end);
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.usageHelp()) {
                assertThat(section).contains(option.longestName());
            }
        }
    }

    @Test
    void noCommandIsDescribedThatIsNotThere() throws IOException {
        String page = Files.readString(Path.of("docs/man/nsbox.1"));

        assertThat(page.lines().filter(line -> line.startsWith(".SS nsbox ")).map(line -> line.substring(10)))
                .containsExactlyInAnyOrderElementsOf(NSBOX.getSubcommands().keySet());
    }

    @Test
    void noOptionIsDescribedThatIsNotThere() throws IOException {
        String page = Files.readString(Path.of("docs/man/nsbox.1")).replace("\\-", "-");
        Set<String> known = new TreeSet<>(NSBOX.getCommandSpec().optionsMap().keySet());
        commands()
                .forEach(command ->
                        known.addAll(command.getCommandSpec().optionsMap().keySet()));

        assertThat(Pattern.compile("(?<=\\\\fB|\\.BR? |\\.BI | \")-{1,2}[A-Za-z][a-z-]*")
                        .matcher(page)
                        .results()
                        .map(MatchResult::group))
                .contains("--syscalls", "-o")
                .isSubsetOf(known);
    }

    private static Console console() {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new Console(
                new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Map.of(), Path.of("/"), false, false);
    }
}
