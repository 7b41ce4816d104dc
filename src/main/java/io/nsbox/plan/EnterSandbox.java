package io.nsbox.plan;

import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import java.util.Objects;
import java.util.Set;

/**
 * Enters all namespaces of a running sandbox at once: setns(2) by the pidfd of its first process, which {@link HoldSandbox}
 * holds fast.
 *
 * <p>Before anything of the new process is in the sandbox's sight it is made undumpable: nothing inside may trace it, or read
 * its memory and files, while it still has the caller's rights. Once more afterwards, because new credentials may undo it
 * (proc_sys_fs(5), suid_dumpable).
 */
record EnterSandbox(String name, Set<Namespace> namespaces) implements Step {
    @Override
    public String title() {
        return "enter the sandbox " + name;
    }

    @Override
    public void beforeClone(Emitter emitter) {
        long flags = 0;
        StringBuilder names = new StringBuilder();
        for (Namespace namespace : namespaces) {
            flags |= CloneNamespaces.flag(namespace);
            names.append(names.isEmpty() ? "" : "|").append(CloneNamespaces.flagName(namespace));
        }
        MakeUndumpable.emit(emitter);
        emitter.must(
                HoldSandbox.GONE.and(
                        Linux.EPERM, "the caller has no right over this sandbox: who started it, or root, has"),
                Syscall.SETNS,
                Operand.of(Objects.requireNonNull(emitter.frame().sandbox)),
                Operand.named(names.toString(), flags));
        MakeUndumpable.emit(emitter);
    }
}
