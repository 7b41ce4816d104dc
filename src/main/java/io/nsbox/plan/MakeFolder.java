package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.spec.Mount;
import java.util.Optional;

/** Makes a folder, unless it is there. */
record MakeFolder(Mount.Folder folder, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "make the folder " + folder.target();
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.targets().findFolder(emitter, folder.target(), folder.mode());
    }
}
