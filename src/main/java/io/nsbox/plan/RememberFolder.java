package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/** Asks for the caller's working directory by name, for {@link ReturnToFolder}. */
final class RememberFolder implements Step {
    @Override
    public String title() {
        return "remember the caller's working directory";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Hints.of(RefusalHints.CHDIR),
                Syscall.GETCWD,
                emitter.targets().folder().shownAs("&path"),
                Operand.number(WalkPath.PATH_MAX));
    }
}
