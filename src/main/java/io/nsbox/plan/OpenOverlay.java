package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.spec.Mount;
import io.nsbox.spec.OverlayLayers;
import io.nsbox.spec.Rootfs;
import java.util.Optional;

/**
 * Makes an overlay of the spec before anything is mounted, so that its layers are the caller's folders.
 *
 * @param index which entry of {@code mounts} it is for
 */
record OpenOverlay(Mount.Overlay overlay, int index, boolean inUserNamespace, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "overlay " + String.join(", ", overlay.lower());
    }

    @Override
    public void inChild(Emitter emitter) {
        Targets targets = emitter.targets();
        Rootfs.Overlay upper = OverlayLayers.upper(overlay.kept());
        new MountOverlay(Integer.toString(index), overlay.lower(), upper, inUserNamespace, overlay.access())
                .emit(emitter, targets.tree);
        targets.keepSource(index);
    }
}
