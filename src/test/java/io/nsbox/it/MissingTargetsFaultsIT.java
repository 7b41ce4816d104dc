package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kind of call by which a launcher finds and makes targets that are missing, refused by strace(1) in a root file system
 * that is empty again each time: the message names the step, the status says so, and nothing is left.
 */
class MissingTargetsFaultsIT {
    @ParameterizedTest
    @EnumSource(Identity.class)
    void everyCallThatMakesATargetAndIsRefusedIsToldByItsStep(Identity identity) throws Exception {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            BareRoot root = BareRoot.in(workshop);
            Path launcher = workshop.launcher("missing", BareRoot.SPEC);
            Plan plan = Workshop.plan(workshop.folder().resolve("missing.yaml"));
            Trace trace = Trace.of(
                    plan,
                    Workshop.arch(),
                    new Caller(identity.id(), identity.id(), identity == Identity.ROOT),
                    root::lacks);
            Starter emptied = new Starter(
                    workshop,
                    List.of("sh", "-euc", "mv bare/busybox . && rm -rf bare/* && mv busybox bare && exec \"$@\"", "sh"),
                    false);
            InjectedFaults faults = InjectedFaults.lookingFirst(workshop, launcher, plan, trace, emptied);
            List<InjectedFaults.Fault> chosen = new ArrayList<>();
            Set<String> met = new HashSet<>();
            for (InjectedFaults.Target target : faults.targets()) {
                if (target.longWay() && met.add(target.call().text())) {
                    InjectedFaults.ERRNOS
                            .keySet()
                            .forEach(errno -> chosen.add(new InjectedFaults.Fault(target, errno)));
                }
            }
            assertThat(chosen).hasSizeGreaterThan(100);
            // They share one root file system.
            faults.tryOneByOne(chosen);
        }
    }
}
