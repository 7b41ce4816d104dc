package io.nsbox.plan;

import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/** Takes the private tmpfs away from over the caller's root; it is the working directory, and so found at {@code .}. */
final class DropScratch implements Step {
    @Override
    public String title() {
        return "hide the private tmpfs";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(Syscall.UMOUNT2, emitter.builder().text("."), Operand.named("MNT_DETACH", Linux.MNT_DETACH));
    }
}
