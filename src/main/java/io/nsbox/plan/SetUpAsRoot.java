package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Origins;
import io.nsbox.spec.SandboxSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Becomes user and group 0 inside, for as long as files are made: ranges may leave the caller out, and who is not mapped
 * can own nothing. The caller's files are open by then. Only the effective ids change; who the command is, is said later.
 */
record SetUpAsRoot(Optional<Span> cause) implements Step {
    /** Whether the sandbox is set up so: only where {@code user} says who the command is, since there is no way back. */
    static boolean isNeeded(SandboxSpec spec) {
        return spec.makes(Namespace.USER)
                && spec.confinement().user() != null
                && (spec.uidMap() instanceof IdMap.Ranges || spec.gidMap() instanceof IdMap.Ranges)
                && hasRoot(spec.uidMap())
                && hasRoot(spec.gidMap());
    }

    private static boolean hasRoot(@Nullable IdMap map) {
        return map instanceof IdMap.Ranges given
                ? given.ranges().stream().anyMatch(range -> range.inside() == 0)
                : map == IdMap.Keyword.ROOT || map == IdMap.Keyword.AUTO;
    }

    static SetUpAsRoot of(Origins origins) {
        return new SetUpAsRoot(origins.key("uid_map").or(() -> origins.key("gid_map")));
    }

    @Override
    public String title() {
        return "make files as user 0, group 0";
    }

    @Override
    public void inChild(Emitter emitter) {
        Hints hints = Hints.of(RefusalHints.SET_IDS);
        Operand stays = Operand.number(-1);
        emitter.must(hints, Syscall.SETRESGID, stays, Operand.number(0), stays);
        emitter.must(hints, Syscall.SETRESUID, stays, Operand.number(0), stays);
        // The change has cleared it (PR_SET_PDEATHSIG(2const)).
        TieToLauncher.tie(emitter);
    }
}
