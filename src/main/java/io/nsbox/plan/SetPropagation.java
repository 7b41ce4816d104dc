package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Propagation;
import java.util.Optional;

/**
 * Sets how mounts travel between the sandbox and the caller, for {@code /} and all below (mount_namespaces(7)).
 *
 * <p>{@code shared} is made private first: else the sandbox would share with the caller's own mounts, and what is
 * mounted inside would appear outside.
 */
record SetPropagation(Propagation propagation, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "make every mount " + propagation.word();
    }

    @Override
    public void inChild(Emitter emitter) {
        switch (propagation) {
            case PRIVATE -> change(emitter, "MS_PRIVATE", Linux.MS_PRIVATE);
            case SLAVE -> change(emitter, "MS_SLAVE", Linux.MS_SLAVE);
            case SHARED -> {
                change(emitter, "MS_PRIVATE", Linux.MS_PRIVATE);
                change(emitter, "MS_SHARED", Linux.MS_SHARED);
            }
            case UNBINDABLE -> change(emitter, "MS_UNBINDABLE", Linux.MS_UNBINDABLE);
        }
    }

    private static void change(Emitter emitter, String name, long flag) {
        emitter.must(
                Hints.of(RefusalHints.PROPAGATION),
                Syscall.MOUNT,
                Operand.NULL,
                emitter.builder().text("/"),
                Operand.NULL,
                Operand.named("MS_REC|" + name, Linux.MS_REC | flag),
                Operand.NULL);
    }
}
