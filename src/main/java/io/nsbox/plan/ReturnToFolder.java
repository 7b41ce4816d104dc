package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Enters the caller's working directory anew, by its name.
 *
 * <p>A process keeps its working directory whatever is mounted over it: the command would see the files that the spec
 * hides.
 *
 * @param cause the first key that may hide it
 */
record ReturnToFolder(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "return to the caller's working directory";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Hints.of(RefusalHints.CHDIR),
                Syscall.CHDIR,
                emitter.targets().folder().shownAs("&path"));
        ChangeDirectory.refuseOutside(emitter);
    }
}
