package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Makes the cgroup namespace, now that the process is in its group: that group is the namespace's root (cgroup_namespaces(7)).
 *
 * <p>One made by clone3(2) would have the launcher's group for its root.
 */
record EnterCgroupNamespace(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "create the namespace cgroup, whose root is the control group";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Hints.of(RefusalHints.UNSHARE),
                Syscall.UNSHARE,
                Operand.named("CLONE_NEWCGROUP", Linux.CLONE_NEWCGROUP));
    }
}
