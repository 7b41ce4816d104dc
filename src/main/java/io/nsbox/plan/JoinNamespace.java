package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import java.util.Objects;
import java.util.Optional;

/**
 * Enters a namespace that exists (setns(2)).
 *
 * <p>The process that starts the sandbox's does it, before new namespaces are made: in a new user namespace it would have no
 * right over the one that it joins. A mount namespace is entered last of all, by the sandbox's first process: until then
 * the caller's files are in sight.
 */
record JoinNamespace(Namespace namespace, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "join the " + namespace.word() + " namespace";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        if (namespace != Namespace.MOUNT) {
            join(emitter);
        }
        if (namespace == Namespace.USER) {
            // New credentials may undo it (proc_sys_fs(5), suid_dumpable).
            MakeUndumpable.emit(emitter);
        }
    }

    @Override
    public void inChild(Emitter emitter) {
        if (namespace == Namespace.MOUNT) {
            join(emitter);
        }
    }

    private void join(Emitter emitter) {
        String own = namespace == Namespace.USER
                ? "the caller is in this user namespace already: leave it out"
                : "the kernel does not let this process join this namespace";
        emitter.must(
                Hints.on(
                                Linux.EPERM,
                                "the caller has no right over this namespace: run as root, or join its user namespace too")
                        .and(Linux.EINVAL, own),
                Syscall.SETNS,
                Operand.of(Objects.requireNonNull(emitter.frame().namespaceFiles.get(namespace))),
                Operand.named(CloneNamespaces.flagName(namespace), CloneNamespaces.flag(namespace)));
    }
}
