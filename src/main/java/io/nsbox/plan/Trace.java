package io.nsbox.plan;

import io.nsbox.program.Arch;
import io.nsbox.program.Kernel;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Program;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Simulator;
import io.nsbox.program.Syscall;
import io.nsbox.spec.LinuxCapability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The system calls that a launcher makes for this caller, in order, until the sandbox runs.
 *
 * @param calls all of them: the launcher's, those beside the sandbox's first process, and that process's
 * @param withoutTargets whether the targets of mounts are supposed to be missing
 */
public record Trace(List<TracedCall> calls, boolean withoutTargets) {
    /**
     * One call.
     *
     * @param step number of the step it belongs to; 0 for what is done around the steps
     * @param phase where it runs
     * @param syscall which
     * @param text as strace would show it, with values that only the run knows as names
     * @param record place of the program's record that makes it; a loop makes several calls with one
     */
    public record TracedCall(int step, Phase phase, Syscall syscall, String text, int record) {}

    /** The subject of a section that several steps use: its calls are those of the step that is running. */
    static final int FOR_THE_LAST_STEP = -1;

    public Trace {
        calls = List.copyOf(calls);
    }

    /** Runs the plan's program against a kernel that grants everything; every path that is masked or frozen is there. */
    public static Trace of(Plan plan, Arch arch, Caller caller) {
        return of(plan, arch, caller, NominalKernel.Files.THERE);
    }

    /**
     * Likewise, but the root and what is bound into it hold none of the targets of mounts, so that each is made, and none of
     * the paths that are masked or frozen but those of a procfs. What is bound is a folder.
     */
    public static Trace withoutTargets(Plan plan, Arch arch, Caller caller) {
        return of(plan, arch, caller, new NominalKernel.Files(path -> !path.startsWith(GuardedPath.PROC), true));
    }

    /**
     * Likewise, and some of the paths of a procfs are not there either.
     *
     * @param absent tells which of the paths that are masked or frozen are not there
     */
    public static Trace withoutTargets(Plan plan, Arch arch, Caller caller, Predicate<String> absent) {
        return of(plan, arch, caller, new NominalKernel.Files(absent, true));
    }

    /**
     * Runs the plan's program against a kernel that grants everything.
     *
     * @param absent tells which of the paths that are masked or frozen are not there
     */
    public static Trace of(Plan plan, Arch arch, Caller caller, Predicate<String> absent) {
        return of(plan, arch, caller, new NominalKernel.Files(absent, false));
    }

    private static Trace of(Plan plan, Arch arch, Caller caller, NominalKernel.Files files) {
        Program program = Lowering.standalone(plan, arch);
        Kernel nominal = new NominalKernel(caller, files);
        List<TracedCall> launcher = new ArrayList<>();
        List<TracedCall> stage = new ArrayList<>();
        List<TracedCall> parent = new ArrayList<>();
        List<TracedCall> helper = new ArrayList<>();
        List<TracedCall> guard = new ArrayList<>();
        List<TracedCall> child = new ArrayList<>();
        List<TracedCall> init = new ArrayList<>();
        List<TracedCall> command = new ArrayList<>();
        Map<Phase, List<TracedCall>> lists = Map.of(
                Phase.LAUNCHER, launcher,
                Phase.STAGE, stage,
                Phase.PARENT, parent,
                Phase.HELPER, helper,
                Phase.GUARD, guard,
                Phase.CHILD, child,
                Phase.INIT, init,
                Phase.COMMAND, command);
        Processes processes = new Processes();
        Map<Integer, Integer> lastSteps = new HashMap<>();
        Simulator.run(program, List.of("launcher"), Map.of(), call -> {
            Program.Section section = program.sectionOf(call.index());
            Phase phase = processes.phase(call.process(), section);
            int step = section.subject() == FOR_THE_LAST_STEP
                    ? lastSteps.getOrDefault(call.process(), 0)
                    : section.subject();
            lastSteps.put(call.process(), step);
            if (!section.title().equals(Lowering.SUPERVISION)) {
                Objects.requireNonNull(lists.get(phase))
                        .add(new TracedCall(step, phase, call.call().syscall(), text(call), call.index()));
            }
            long result = nominal.answer(call);
            processes.made(call.call().syscall());
            return result;
        });
        List<TracedCall> all = new ArrayList<>(launcher);
        all.addAll(stage);
        all.addAll(parent);
        all.addAll(helper);
        all.addAll(guard);
        all.addAll(child);
        all.addAll(init);
        all.addAll(command);
        return new Trace(all, files.noTargets());
    }

    /** Which simulated process is which; they are numbered as they are made. */
    static final class Processes {
        private static final int NONE = -1;

        private int count;
        private int sandbox = NONE;

        /** Takes note of a call that makes a process: the sandbox's comes of clone3(2). */
        void made(Syscall syscall) {
            if (syscall == Syscall.CLONE || syscall == Syscall.CLONE3) {
                count++;
                sandbox = syscall == Syscall.CLONE3 ? count : sandbox;
            }
        }

        Phase phase(int process, Program.Section section) {
            if (process == 0) {
                return sandbox == NONE ? Phase.LAUNCHER : Phase.PARENT;
            }
            if (process == sandbox) {
                return section.title().startsWith(Phase.INIT.word()) ? Phase.INIT : Phase.CHILD;
            }
            if (sandbox == NONE || process < sandbox) {
                return Phase.STAGE;
            }
            if (section.title().startsWith(Phase.GUARD.word())) {
                return Phase.GUARD;
            }
            return section.title().startsWith(Phase.PARENT.word()) ? Phase.HELPER : Phase.COMMAND;
        }
    }

    /** What a loop counts is known beforehand: a signal's number, a capability, the path that it has come to. */
    private static String text(Kernel.Invocation call) {
        List<Operand> operands = call.call().arguments();
        for (int i = 0; i < operands.size(); i++) {
            if (operands.get(i) instanceof Operand.Value value
                    && value.slot().name().equals(EachPath.NAME)) {
                String path = call.memory().text(call.arguments()[i]);
                return call.text().replace("<" + EachPath.NAME + ">", ProgramBuilder.quote(path));
            }
        }
        return switch (call.call().syscall()) {
            case OPENAT2 -> call.text().replace(", &path,", ", " + quoted(call) + ",");
            case MKDIRAT, MKNODAT, READLINKAT ->
                call.text()
                        .replace(", <part>,", ", " + quoted(call) + ",")
                        .replace(", <length>", ", " + mode(call.call().syscall(), call.arguments()[2]));
            case RT_SIGACTION -> call.text().replace("<signal>", Long.toString(call.arguments()[0]));
            case PRCTL -> call.text().replace("<" + LimitCapabilities.COUNTER + ">", capability(call.arguments()));
            default -> call.text();
        };
    }

    private static String quoted(Kernel.Invocation call) {
        return ProgramBuilder.quote(call.memory().text(call.arguments()[1]));
    }

    /** As strace(1) shows it. */
    private static String mode(Syscall syscall, long mode) {
        String permissions = String.format(Locale.ROOT, "%04o", mode & ~Linux.S_IFMT);
        return syscall == Syscall.MKNODAT ? "S_IFREG|" + permissions : permissions;
    }

    /** PR_CAPBSET_DROP has it second, PR_CAP_AMBIENT third. */
    private static String capability(long[] arguments) {
        int number = (int) arguments[arguments.length > 2 ? 2 : 1];
        return number < LinuxCapability.values().length
                ? LinuxCapability.values()[number].word()
                : Integer.toString(number);
    }

    /** Whether the calls depend on what is supposed of targets, and of paths that are masked or frozen. */
    public boolean supposes() {
        return in(Phase.CHILD).stream()
                .map(TracedCall::text)
                .anyMatch(text -> text.startsWith("openat2(<root>, ") || text.startsWith("openat2(<proc>, "));
    }

    /** The calls of one phase, in order. */
    public List<TracedCall> in(Phase phase) {
        return calls.stream().filter(call -> call.phase() == phase).toList();
    }
}
