package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.util.Optional;

/** The rules that tie one key to another: each names both places and how to mend it. */
public final class CrossRules {
    private final SandboxSpec spec;
    private final Origins origins;
    private final Diagnostics diagnostics;

    private CrossRules(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        this.spec = spec;
        this.origins = origins;
        this.diagnostics = diagnostics;
    }

    /** Checks a spec that has {@code namespaces}; without that key there is nothing to compare with. */
    public static void check(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        CrossRules rules = new CrossRules(spec, origins, diagnostics);
        origins.key(Key.NAMESPACES.word()).ifPresent(namespaces -> {
            rules.keysHaveTheirNamespace(namespaces);
            rules.procHasAPidNamespace(namespaces);
            new ConfinementRules(spec, origins, diagnostics, namespaces).check();
            rules.mountsHaveTheirNamespace(namespaces);
            ProcFiles.check(spec, origins, diagnostics);
            SeccompRules.check(spec, origins, diagnostics);
            DevRules.check(spec, origins, diagnostics);
            OverlayLayers.check(spec, origins, diagnostics);
            new GroupLimitRules(spec, origins, diagnostics).check();
        });
    }

    private void keysHaveTheirNamespace(Span namespaces) {
        for (Key key : Key.values()) {
            Optional<Span> place = origins.key(key.word());
            if (place.isPresent()
                    && key.needs().isPresent()
                    && !spec.has(key.needs().get())) {
                String needed = key.needs().get().word();
                diagnostics.add(Diagnostic.at(
                                Severity.ERROR,
                                Code.MISSING_NAMESPACE,
                                place.get(),
                                key.word(),
                                "'" + key.word() + "' needs the '" + needed + "' namespace, which is not listed")
                        .withRelated(namespaces, "the namespaces are listed here")
                        .withHelp("add '" + needed + "' to 'namespaces', or remove '" + key.word() + "'"));
            }
        }
    }

    /** A procfs shows the pid namespace of who mounts it, and the kernel wants that owned by the mounter's user namespace. */
    private void procHasAPidNamespace(Span namespaces) {
        Optional<Span> place = origins.key(Key.MOUNT_PROC.word());
        if (place.isEmpty() || !spec.mountProc() || !spec.has(Namespace.MOUNT) || spec.has(Namespace.PID)) {
            return;
        }
        boolean refused = spec.makes(Namespace.USER);
        String message = refused
                ? "'mount_proc' without the 'pid' namespace: in a user namespace the kernel refuses it"
                : "'mount_proc' without the 'pid' namespace shows the host's processes";
        diagnostics.add(Diagnostic.at(
                        refused ? Severity.ERROR : Severity.WARNING,
                        Code.PROC_WITHOUT_PID,
                        place.get(),
                        Key.MOUNT_PROC.word(),
                        message)
                .withRelated(namespaces, "the namespaces are listed here")
                .withHelp("add 'pid' to 'namespaces', or remove 'mount_proc'"));
    }

    /** The kernel mounts what shows a namespace only for who owns that namespace. */
    private void mountsHaveTheirNamespace(Span namespaces) {
        if (!spec.has(Namespace.MOUNT) || !spec.has(Namespace.USER)) {
            return;
        }
        for (int i = 0; i < spec.fileSystem().mounts().size(); i++) {
            Mount mount = spec.fileSystem().mounts().get(i);
            Optional<Namespace> shows =
                    mount instanceof Mount.Kernel kernel ? kernel.type().shows() : Optional.empty();
            Optional<Span> place = origins.value("mounts[" + i + "].type");
            if (shows.isEmpty() || spec.has(shows.get()) || place.isEmpty()) {
                continue;
            }
            String type = ((Mount.Kernel) mount).type().word();
            String needed = shows.get().word();
            diagnostics.add(Diagnostic.at(
                            Severity.ERROR,
                            Code.MISSING_NAMESPACE,
                            place.get(),
                            "mounts[" + i + "].type",
                            "a mount of type " + type + " without the '" + needed
                                    + "' namespace: in a user namespace the kernel refuses it")
                    .withRelated(namespaces, "the namespaces are listed here")
                    .withHelp("add '" + needed + "' to 'namespaces', or bind the caller's own"));
        }
    }
}
