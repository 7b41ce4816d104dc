package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.spec.Mount.Access;
import io.nsbox.spec.Rootfs;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Makes an overlay of the rootfs, whose folder stays as it is. */
record OverlayNewRoot(Rootfs rootfs, boolean inUserNamespace, Optional<Span> cause) implements Step {
    private static final Access UNRESTRICTED = new Access(false, true, true, true);

    @Override
    public String title() {
        return "overlay " + rootfs.path() + " as the new root";
    }

    @Override
    public void inChild(Emitter emitter) {
        Targets targets = emitter.targets();
        new MountOverlay(
                        "root",
                        List.of(rootfs.path()),
                        Objects.requireNonNull(rootfs.overlay()),
                        inUserNamespace,
                        UNRESTRICTED)
                .emit(emitter, targets.root);
    }
}
