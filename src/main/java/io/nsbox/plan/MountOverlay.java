package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Mount.Access;
import io.nsbox.spec.OverlayLayers;
import io.nsbox.spec.Rootfs;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes an overlay in the private tmpfs, from where it is taken to its place (Documentation/filesystems/overlayfs.rst).
 *
 * <p>By mount(2), as fsconfig(2) takes no option longer than 255 bytes, and two paths are soon longer than that.
 *
 * @param name tells it from the others in the private tmpfs
 * @param lower the layers, the first on top
 * @param upper what catches the writes
 * @param inUserNamespace whether its marks must be such that no privilege is needed for them
 */
record MountOverlay(String name, List<String> lower, Rootfs.Overlay upper, boolean inUserNamespace, Access access) {
    /** Leaves the overlay, mounted nowhere yet, in a slot. */
    void emit(Emitter emitter, Slot tree) {
        ProgramBuilder b = emitter.builder();
        Targets targets = emitter.targets();
        Operand scratch = Operand.of(targets.scratch());
        Hints hints = Hints.of(inUserNamespace ? RefusalHints.OVERLAY_WITH_USER : RefusalHints.OVERLAY_WITHOUT_USER);
        if (upper instanceof Rootfs.Discarded) {
            folder(emitter, "upper");
            folder(emitter, "work");
            lookLikeTheLower(emitter);
        }
        folder(emitter, "mount");
        emitter.must(
                hints,
                Syscall.MOUNT,
                b.text("overlay"),
                b.text("mount-" + name),
                b.text("overlay"),
                flags(),
                b.text(OverlayLayers.options(lower, upper, name, inUserNamespace)));
        emitter.must(tree, Syscall.OPEN_TREE, scratch, b.text("mount-" + name), MountCalls.copyOfMount());
    }

    private void folder(Emitter emitter, String kind) {
        emitter.must(
                Hints.of(RefusalHints.NEW_FILE_SYSTEM),
                Syscall.MKDIRAT,
                Operand.of(emitter.targets().scratch()),
                emitter.builder().text(kind + "-" + name),
                Operand.named("0755", 0755));
    }

    /** The root of an overlay has the owner and the mode of the upper folder. */
    private void lookLikeTheLower(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Operand upperFolder = b.text("upper-" + name);
        emitter.must(
                Hints.of(RefusalHints.OPEN_SOURCE),
                Syscall.STATX,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(lower.get(0)),
                Operand.number(0),
                Operand.named("STATX_MODE|STATX_UID|STATX_GID", Linux.STATX_MODE | Linux.STATX_UID | Linux.STATX_GID),
                frame.page.shownAs("&status"));
        b.load(4, frame.scratch.as("owner"), frame.page, Linux.STX_UID);
        b.load(4, frame.scratch2.as("group"), frame.page, Linux.STX_GID);
        b.load(2, frame.scratch3.as("mode"), frame.page, Linux.STX_MODE);
        // An owner that is not mapped inside cannot be had there: then it is the caller's.
        b.attempt(
                Syscall.FCHOWNAT,
                Operand.of(emitter.targets().scratch()),
                upperFolder,
                Operand.of(frame.scratch.as("owner")),
                Operand.of(frame.scratch2.as("group")),
                Operand.number(0));
        b.compute(Arithmetic.AND, frame.scratch3, Operand.of(frame.scratch3), Operand.number(07777));
        emitter.must(
                Syscall.FCHMODAT,
                Operand.of(emitter.targets().scratch()),
                upperFolder,
                Operand.of(frame.scratch3.as("mode")));
    }

    private Operand flags() {
        long bits = 0;
        List<String> names = new ArrayList<>();
        if (access.readOnly()) {
            bits |= Linux.MS_RDONLY;
            names.add("MS_RDONLY");
        }
        if (!access.suid()) {
            bits |= Linux.MS_NOSUID;
            names.add("MS_NOSUID");
        }
        if (!access.dev()) {
            bits |= Linux.MS_NODEV;
            names.add("MS_NODEV");
        }
        if (!access.exec()) {
            bits |= Linux.MS_NOEXEC;
            names.add("MS_NOEXEC");
        }
        return Operand.named(names.isEmpty() ? "0" : String.join("|", names), bits);
    }
}
