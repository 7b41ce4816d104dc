package io.nsbox.cli;

import io.nsbox.diag.Printable;
import io.nsbox.host.HostTree;
import io.nsbox.state.GroupUsage;
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
                "A line for all processes of a sandbox together, as its control group accounts them where it has limits, and one for "
                        + "each: its pid as the caller sees it, its parent's, its state, its time on processors, its resident memory, and "
                        + "its command.")
final class TopCommand implements Callable<Integer> {
    private final Console console;
    private final NamedSandboxes sandboxes;
    private final HostTree host;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The sandboxes; default all that run.")
    private List<String> names = new ArrayList<>();

    TopCommand(Console console, StateFolder states, HostTree host) {
        this.console = console;
        this.host = host;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "PID", "PPID", "STATE", "TIME", "MEMORY", "COMMAND"));
        int status = sandboxes.eachOrRunning(names, sandbox -> {
            Usage usage = Usage.of(sandbox, host);
            rows.add(List.of(
                    sandbox.name(),
                    "all",
                    "-",
                    "-",
                    Usage.seconds(usage.cpuMicros()),
                    Usage.bytes(usage.memory()),
                    together(usage)));
            for (Member member : usage.members()) {
                rows.add(List.of(
                        sandbox.name(),
                        Long.toString(member.pid()),
                        Long.toString(member.parent()),
                        member.state(),
                        Usage.secondsOf(member),
                        Usage.bytes(member.residentBytes()),
                        Printable.of(member.command())));
            }
            return ExitStatus.OK;
        });
        console.out().print(TextTable.print(rows));
        return status;
    }

    /** What there is to say of all processes together, such as "2 processes, 3 tasks of at most 50, at most 64.0 MiB". */
    private static String together(Usage usage) {
        GroupUsage group = usage.group();
        int count = usage.members().size();
        StringBuilder text = new StringBuilder("(" + count + (count == 1 ? " process" : " processes"));
        group.tasks().ifPresent(tasks -> text.append(", ").append(tasks).append(tasks == 1 ? " task" : " tasks"));
        group.tasksLimit().ifPresent(limit -> text.append(" of at most ").append(limit));
        group.memoryLimit()
                .ifPresent(limit -> text.append(", memory of at most ").append(Usage.bytes(limit)));
        return text.append(")").toString();
    }
}
