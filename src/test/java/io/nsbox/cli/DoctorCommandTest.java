package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.host.FakeMachines;
import io.nsbox.host.FakeTree;
import io.nsbox.host.ProbeResult;
import io.nsbox.host.ProbeSpec;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter usage = new StringWriter();

    private int run(
            FakeTree tree,
            boolean terminal,
            Map<String, String> environment,
            Optional<Function<ProbeSpec, ProbeResult>> run,
            String... args) {
        PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8);
        Console console = new Console(
                InputStream.nullInputStream(), stream, stream, environment, Path.of("/"), terminal, terminal);
        CommandLine line = new CommandLine(new DoctorCommand(console, tree, "amd64", run));
        return line.setErr(new PrintWriter(usage)).execute(args);
    }

    private int run(FakeTree tree, String... args) {
        return run(tree, false, Map.of(), Optional.empty(), args);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aMachineThatGivesEverythingIsStatusZero() {
        assertThat(run(FakeMachines.delegated())).isEqualTo(ExitStatus.OK);
        assertThat(text())
                .startsWith("this machine\n  machine          Linux 6.12.43-amd64, x86_64\n")
                .contains("\n  uid_map: auto                    yes\n")
                .doesNotContain("\u001b");
    }

    @Test
    void aMachineThatLacksSomethingIsStatusOne() {
        assertThat(run(FakeMachines.ubuntu())).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(text()).contains("fix: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\n");
    }

    @Test
    void whatOnlyATryCanTellIsStatusOneUntilItIsTried() {
        assertThat(run(FakeMachines.container())).isEqualTo(ExitStatus.PROBLEMS);
        Function<ProbeSpec, ProbeResult> works = spec -> new ProbeResult(true, "", List.of());
        assertThat(run(FakeMachines.container(), false, Map.of(), Optional.of(works)))
                .isEqualTo(ExitStatus.OK);
    }

    @Test
    void aWrongFormatIsStatusTwo() {
        assertThat(run(FakeMachines.debian(), "--format", "xml")).isEqualTo(ExitStatus.USAGE);
        assertThat(usage.toString()).startsWith("Invalid value for option '--format': it is text or json, not 'xml'");
        assertThat(text()).isEmpty();
    }

    @Test
    void aTerminalGetsColoursUnlessTheEnvironmentSaysNo() {
        run(FakeMachines.debian(), true, Map.of("TERM", "xterm"), Optional.empty());
        assertThat(text()).contains("\u001b[32myes\u001b[0m");
        out.reset();
        run(FakeMachines.debian(), true, Map.of("TERM", "xterm", "NO_COLOR", "1"), Optional.empty());
        assertThat(text()).doesNotContain("\u001b");
        out.reset();
        run(FakeMachines.debian(), true, Map.of("TERM", "dumb"), Optional.empty());
        assertThat(text()).doesNotContain("\u001b");
    }

    @Test
    void jsonSaysTheSameForPrograms() {
        assertThat(run(FakeMachines.ubuntu(), "--format", "json")).isEqualTo(ExitStatus.PROBLEMS);
        JsonNode json = JsonMapper.shared().readTree(text());
        assertThat(json.get("works").booleanValue()).isFalse();
        assertThat(json.get("tried").booleanValue()).isFalse();
        assertThat(json.get("machine").get("machine").stringValue()).isEqualTo("Linux 6.8.0-31-generic, x86_64");
        assertThat(json.get("keys").get(0).toString())
                .isEqualTo("{\"key\":\"linux\",\"status\":\"yes\",\"reason\":\"\",\"fix\":[]}");
        assertThat(json.get("keys").get(2).toString())
                .isEqualTo("{\"key\":\"namespaces: cgroup\",\"status\":\"no\",\"reason\":\"needs root, or `user`\","
                        + "\"fix\":[\"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\","
                        + "\"load an AppArmor profile with `userns,` for /home/alice/.cache/nsbox/**\"]}");
        assertThat(text()).endsWith("}\n");
    }
}
