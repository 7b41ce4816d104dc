package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.plan.GroupLimit.Line;
import io.nsbox.spec.GroupLimits;
import io.nsbox.spec.Key;
import io.nsbox.spec.Origins;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The steps that make and limit the sandbox's control groups. */
record LimitSteps(GroupLimits limits, Origins origins) {
    private record Keyed(Key key, GroupLimit limit) {}

    /** Before the sandbox's first process exists. */
    List<Step> beforeClone() {
        List<Step> steps = new ArrayList<>();
        Set<Controller> made = EnumSet.noneOf(Controller.class);
        for (Keyed keyed : all()) {
            Controller controller = keyed.limit().controller();
            boolean first = made.isEmpty();
            if (made.add(controller)) {
                steps.add(
                        new MakeGroup(controller, first, origins.key(keyed.key().word())));
            }
            steps.add(new SetGroupLimit(keyed.limit(), origins.key(keyed.key().word())));
        }
        return steps;
    }

    /** Beside it, while it waits. */
    Step join() {
        return new JoinGroups(cause());
    }

    /** In the process that enters the sandbox, before it does. */
    Step enter(String name, SandboxProcess process) {
        Set<Controller> controllers = EnumSet.noneOf(Controller.class);
        all().forEach(keyed -> controllers.add(keyed.limit().controller()));
        return new EnterGroups(name, process, controllers, cause());
    }

    private Optional<Span> cause() {
        return all().stream()
                .map(keyed -> origins.key(keyed.key().word()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private List<Keyed> all() {
        List<Keyed> all = new ArrayList<>();
        Long memory = limits.memory();
        if (memory != null) {
            all.add(new Keyed(Key.MEM_LIMIT, memory(memory, limits.memoryAndSwap())));
        }
        Long swap = limits.memoryAndSwap();
        if (memory != null && swap != null) {
            boolean unlimited = swap == GroupLimits.UNLIMITED;
            all.add(new Keyed(
                    Key.MEMSWAP_LIMIT,
                    new GroupLimit(
                            Controller.MEMORY,
                            "limit memory and swap to " + (unlimited ? "any amount of swap" : swap + " bytes"),
                            List.of(Line.of("memory.swap.max", unlimited ? "max" : swap - memory)),
                            List.of(Line.of("memory.memsw.limit_in_bytes", swap)))));
        }
        Long reservation = limits.memoryReservation();
        if (reservation != null) {
            all.add(new Keyed(
                    Key.MEM_RESERVATION,
                    new GroupLimit(
                            Controller.MEMORY,
                            "reserve " + reservation + " bytes of memory",
                            List.of(Line.of("memory.low", reservation)),
                            List.of(Line.of("memory.soft_limit_in_bytes", reservation)))));
        }
        cpu(all);
        Long pids = limits.pids();
        if (pids != null) {
            List<Line> line = List.of(Line.of("pids.max", pids));
            all.add(new Keyed(
                    Key.PIDS_LIMIT, new GroupLimit(Controller.PIDS, "limit processes to " + pids, line, line)));
        }
        return all;
    }

    /** Without a limit of both, there may be as much swap as memory, as with Compose. */
    private static GroupLimit memory(long memory, @org.jspecify.annotations.Nullable Long both) {
        List<Line> unified = new ArrayList<>(List.of(Line.of("memory.max", memory)));
        List<Line> legacy = new ArrayList<>(List.of(Line.of("memory.limit_in_bytes", memory)));
        if (both == null) {
            long twice = memory > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * memory;
            unified.add(Line.of("memory.swap.max", memory).ifThere());
            legacy.add(Line.of("memory.memsw.limit_in_bytes", twice).ifThere());
        }
        return new GroupLimit(Controller.MEMORY, "limit memory to " + memory + " bytes", unified, legacy);
    }

    private void cpu(List<Keyed> all) {
        Long quota = limits.cpuQuota();
        if (quota != null) {
            all.add(new Keyed(
                    Key.CPUS,
                    new GroupLimit(
                            Controller.CPU,
                            "limit processor time to " + quota + " of " + GroupLimits.CPU_PERIOD + " microseconds",
                            List.of(Line.of("cpu.max", quota + " " + GroupLimits.CPU_PERIOD)),
                            List.of(
                                    Line.of("cpu.cfs_period_us", GroupLimits.CPU_PERIOD),
                                    Line.of("cpu.cfs_quota_us", quota)))));
        }
        Integer weight = limits.cpuWeight();
        if (weight != null) {
            all.add(new Keyed(
                    Key.CPU_WEIGHT,
                    new GroupLimit(
                            Controller.CPU,
                            "set the processor weight to " + weight,
                            List.of(Line.of("cpu.weight", weight)),
                            List.of(Line.of("cpu.shares", GroupLimits.shares(weight))))));
        }
        String cpuset = limits.cpuset();
        if (cpuset != null) {
            List<Line> line = List.of(Line.of("cpuset.cpus", cpuset));
            all.add(new Keyed(
                    Key.CPUSET, new GroupLimit(Controller.CPUSET, "keep to the processors " + cpuset, line, line)));
        }
    }
}
