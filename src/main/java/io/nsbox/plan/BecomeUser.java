package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Changes to another group and user, real, effective and saved ids alike (setresgid(2), setresuid(2)).
 *
 * @param gid empty if the group stays
 * @param keepCapabilities whether capabilities outlive the change from root (PR_SET_KEEPCAPS), to be given out after it
 */
record BecomeUser(long uid, OptionalLong gid, boolean keepCapabilities, Optional<Span> cause) implements Step {
    private static final int PR_SET_KEEPCAPS = 8;

    @Override
    public String title() {
        return "become user " + uid + (gid.isPresent() ? ", group " + gid.getAsLong() : "");
    }

    @Override
    public void inChild(Emitter emitter) {
        Hints hints = Hints.of(RefusalHints.SET_IDS);
        if (keepCapabilities) {
            emitter.must(Syscall.PRCTL, Operand.named("PR_SET_KEEPCAPS", PR_SET_KEEPCAPS), Operand.number(1));
        }
        if (gid.isPresent()) {
            Operand group = Operand.named(Long.toString(gid.getAsLong()), gid.getAsLong());
            emitter.must(hints, Syscall.SETRESGID, group, group, group);
        }
        Operand user = Operand.named(Long.toString(uid), uid);
        emitter.must(hints, Syscall.SETRESUID, user, user, user);
        // The change has cleared it (PR_SET_PDEATHSIG(2const)).
        TieToLauncher.tie(emitter);
    }
}
