package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Tab key at a real prompt, behind commands that take the names of sandboxes. */
class CompletionIT {
    @ParameterizedTest
    @ValueSource(strings = {"PS1='inner$ ' bash --norc", "PS1='inner$ ' zsh -f"})
    void aSourcedScriptCompletesCommandsOptionsValuesAndFiles(String shell) {
        Requirements.requireProgram("zsh");
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            workshop.file("box-of-mine.yaml", "namespaces: []\n");
            String kind = shell.contains("zsh") ? "zsh" : "bash";
            workshop.file(
                    "completions",
                    workshop.run(workshop.nsbox(), "completion", kind).out());
            try (Tmux terminal = new Tmux(workshop)) {
                terminal.type(shell).prompts("inner$");
                if (kind.equals("zsh")) {
                    terminal.type("autoload -U compinit; compinit -u -D; clear").prompts("inner$");
                }
                terminal.type("source ./completions; clear").prompts("inner$");
                for (String[] each : new String[][] {
                    {"va", "validate"},
                    {"help va", "help validate"},
                    {"export o", "export oci"},
                    {"up --dr", "up --dry-run"},
                    {"up box-o", "up box-of-mine.yaml"},
                    {"up --set name=x box-o", "up --set name=x box-of-mine.yaml"},
                    {"up box-of-mine.yaml -- ./box-o", "up box-of-mine.yaml -- ./box-of-mine.yaml"},
                    {"validate --format sa", "validate --format sarif"},
                    {"validate --format=sa", "validate --format=sarif"},
                    {"plan --format j", "plan --format json"},
                    {"build -o x --arch a", "build -o x --arch aarch64"},
                    {"init --template pid-", "init --template pid-mount"},
                    {"completion z", "completion zsh"},
                    {"kill -s SIGUSR1 --he", "kill -s SIGUSR1 --help"},
                    {"kill --signal SIGTE", "kill --signal SIGTERM"},
                }) {
                    tab(terminal, "nsbox " + each[0]).prompts("inner$ nsbox " + each[1]);
                    terminal.press("C-u");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void bothShellsKnowTheNamesOfSandboxes(Identity identity) {
        Requirements.requireProgram("zsh");
        try (Workshop workshop = Workshop.open(identity)) {
            Path runtime = workshop.newFolder("runtime");
            Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
            String name = workshop.mark();
            Path spec = workshop.file("box.yaml", "namespaces: [user, pid]\nuid_map: root\ncommand: [sleep, '300']\n");
            assertThat(workshop.start(environment, workshop.nsbox(), "up", "-d", "--name", name, spec)
                            .finish())
                    .isEqualTo(new Running.Result(0, name + "\n", ""));
            workshop.newFolder("functions");
            for (String[] script : new String[][] {{"bash", "completions"}, {"zsh", "functions/_nsbox"}}) {
                workshop.file(
                        script[1],
                        workshop.run(workshop.nsbox(), "completion", script[0]).out());
            }
            String part = name.substring(0, name.length() - 3);
            try (Tmux terminal = new Tmux(workshop)) {
                terminal.type("export XDG_RUNTIME_DIR=" + runtime);
                terminal.type("source ./completions; clear").prompts("outer$");
                tab(terminal, "nsbox stop " + part).prompts("outer$ nsbox stop " + name);
                tab(terminal, "x " + part).prompts("outer$ nsbox stop " + name + " x " + name);
                terminal.press("C-u");
                tab(terminal, "nsbox exec -it " + part).prompts("outer$ nsbox exec -it " + name);
                tab(terminal, "-- " + part).prompts("outer$ nsbox exec -it " + name + " -- " + part);
                terminal.press("C-u");
                terminal.type("PS1='inner$ ' zsh -f").prompts("inner$");
                terminal.type("fpath=($PWD/functions $fpath); autoload -U compinit; compinit -u -D; clear")
                        .prompts("inner$");
                tab(terminal, "nsbox logs " + part).prompts("inner$ nsbox logs " + name);
                terminal.press("C-u");
                tab(terminal, "nsbox rm x " + part).prompts("inner$ nsbox rm x " + name);
            } finally {
                workshop.start(environment, workshop.nsbox(), "rm", "-f", name).finish();
            }
        }
    }

    private static Tmux tab(Tmux terminal, String typed) {
        terminal.tmux("send-keys", "-l", "--", typed);
        return terminal.press("Tab");
    }
}
