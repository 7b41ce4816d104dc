package io.nsbox.it;

import io.nsbox.plan.Caller;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every call that keys add which neither specs/all.yaml nor a recipe has, refused by strace(1) with one errno after the other:
 * the message names the step, the status says so, and nothing is left.
 */
class KeyFaultsIT {
    private static final String OWN = "namespaces: [user, mount, pid]\nuid_map: root\nmount_proc: true\n";
    /** Only root may join these. */
    private static final String JOINED = "joined";

    private static final Map<String, String> SPECS = new LinkedHashMap<>();

    static {
        SPECS.put("init", OWN + "init: true\ncommand: [/bin/true]\n");
        SPECS.put("tty", OWN + "tty: true\ncommand: [/bin/true]\n");
        SPECS.put("devpts-tty", OWN + "dev: minimal\ntty: true\ncommand: [/bin/true]\n");
        SPECS.put("init-tty", OWN + "dev: minimal\ninit: true\ntty: true\ncommand: [/bin/true]\n");
        SPECS.put("report", OWN + "report: ./report.json\ncommand: [/bin/true]\n");
        SPECS.put(
                "time",
                "namespaces: [user, time]\nuid_map: root\ntime_offsets: {monotonic: 1d}\ncommand: [/bin/true]\n");
        SPECS.put(
                "time-tty",
                OWN.replace("user,", "user, time,")
                        + "tty: true\ninit: true\ndev: minimal\ntime_offsets: {monotonic: 1d}\ncommand: [/bin/true]\n");
        SPECS.put(
                JOINED,
                "namespaces: [user, time, {uts: /proc/self/ns/uts}, {pid: /proc/self/ns/pid}]\nuid_map: root\n"
                        + "time_offsets: {monotonic: 1d}\noom_score_adj: 9\ncommand: [/bin/true]\n");
    }

    private static final Map<Identity, Set<String>> MET = new EnumMap<>(Identity.class);

    static Stream<Arguments> specs() {
        return SPECS.keySet().stream()
                .flatMap(name -> Stream.of(Identity.values())
                        .filter(each -> each == Identity.ROOT || !name.equals(JOINED))
                        .map(each -> Arguments.of(name, each)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("specs")
    void everyCallThatIsRefusedIsToldByItsStepAndNothingStays(String name, Identity identity) throws Exception {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(name, SPECS.get(name));
            Plan plan = Workshop.plan(workshop.folder().resolve(name + ".yaml"));
            Trace trace = Trace.of(
                    plan, Workshop.arch(), new Caller(identity.id(), identity.id(), identity == Identity.ROOT));
            InjectedFaults faults = InjectedFaults.of(workshop, launcher, plan, trace);
            Set<String> met = MET.computeIfAbsent(identity, each -> new HashSet<>());
            List<InjectedFaults.Fault> chosen = new ArrayList<>();
            for (InjectedFaults.Target target : faults.targets()) {
                if (met.add(target.call().phase() + " "
                        + faults.stepOf(target).step().title() + " "
                        + target.call().text())) {
                    chosen.addAll(InjectedFaults.everyErrno(List.of(target)));
                }
            }
            Leftovers before = Leftovers.now(workshop.folder());
            faults.tryAll(chosen);
            before.assertUnchanged(workshop.folder(), name);
        }
    }
}
