package io.nsbox.cli;

import io.nsbox.diag.Printable;
import io.nsbox.state.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nsbox top}: lists the processes of sandboxes. */
@Command(
        name = "top",
        header = "List the processes of sandboxes.",
        description =
                "One line for each process: its pid as the caller sees it, its parent's, its state, its time on processors, "
                        + "its resident memory, and its command.")
final class TopCommand implements Callable<Integer> {
    private final Console console;
    private final NamedSandboxes sandboxes;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    TopCommand(Console console, StateFolder states) {
        this.console = console;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "PID", "PPID", "STATE", "TIME", "MEMORY", "COMMAND"));
        int status = sandboxes.each(names, sandbox -> {
            for (Member member : Usage.members(sandbox)) {
                rows.add(List.of(
                        sandbox.name(),
                        Long.toString(member.pid()),
                        Long.toString(member.parent()),
                        member.state(),
                        Usage.seconds(member.ticks()),
                        Usage.bytes(member.residentBytes()),
                        Printable.of(member.command())));
            }
            return ExitStatus.OK;
        });
        console.out().print(TextTable.print(rows));
        return status;
    }
}
