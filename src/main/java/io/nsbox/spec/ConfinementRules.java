package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules that tie ids, limits and joined namespaces to the rest of a spec. */
record ConfinementRules(SandboxSpec spec, Origins origins, Diagnostics diagnostics, Span namespaces) {

    void check() {
        joinedNamespacesStayAsTheyAre();
        noNewUserNamespaceUnderAJoinedMountNamespace();
        parametersHaveTheirNamespace();
        idsAreMapped();
        landlockHasItsLock();
    }

    private void joinedNamespacesStayAsTheyAre() {
        for (Key key : Key.values()) {
            Optional<Span> place = origins.key(key.word());
            if (place.isPresent() && key.needs().isPresent()) {
                joined(key.needs().get(), place.get(), key.word(), "'" + key.word() + "'");
            }
        }
    }

    /** Reports a key that would change a namespace which somebody else made and others may live in. */
    private void joined(Namespace namespace, Span place, String path, String what) {
        String joined = spec.joins().get(namespace);
        if (joined != null) {
            error(
                            place,
                            path,
                            what + " would change the '" + namespace.word() + "' namespace that is joined, "
                                    + Printable.of(joined))
                    .help("remove it, or list '" + namespace.word() + "' to make a new one");
        }
    }

    private void noNewUserNamespaceUnderAJoinedMountNamespace() {
        if (spec.makes(Namespace.USER) && spec.joins().containsKey(Namespace.MOUNT)) {
            error(
                            namespaces,
                            Key.NAMESPACES.word(),
                            "a new 'user' namespace has no right over the 'mount' namespace that is joined")
                    .help("remove 'user', or join the user namespace to which it belongs");
        }
    }

    private void parametersHaveTheirNamespace() {
        for (String name : spec.confinement().sysctls().keySet()) {
            String path = Key.SYSCTLS.word() + "." + name;
            Namespace needed = Sysctls.namespaceOf(name).orElseThrow();
            Optional<Span> place = origins.key(path);
            if (place.isEmpty()) {
                continue;
            }
            if (!spec.has(needed)) {
                diagnostics.add(Diagnostic.at(
                                Severity.ERROR,
                                Code.MISSING_NAMESPACE,
                                place.get(),
                                path,
                                "'" + name + "' needs the '" + needed.word() + "' namespace, which is not listed")
                        .withRelated(namespaces, "the namespaces are listed here")
                        .withHelp("add '" + needed.word() + "' to 'namespaces', or remove '" + name + "'"));
            }
            joined(needed, place.get(), path, "'" + name + "'");
        }
    }

    private void idsAreMapped() {
        Confinement confinement = spec.confinement();
        if (!spec.makes(Namespace.USER)) {
            return;
        }
        User user = confinement.user();
        if (user != null) {
            mapped(user.uid(), spec.uidMap(), Key.UID_MAP, place("user.uid", "user"));
            user.gid().ifPresent(gid -> mapped(gid, spec.gidMap(), Key.GID_MAP, place("user.gid", "user")));
            if (user.gid().isEmpty() && spec.gidMap() instanceof IdMap.Ranges) {
                mapped(0, spec.gidMap(), Key.GID_MAP, place("user", "user"));
            }
        }
        List<Long> groups = confinement.groupAdd();
        for (int i = 0; i < groups.size(); i++) {
            mapped(groups.get(i), spec.gidMap(), Key.GID_MAP, place("group_add[" + i + "]", "group_add"));
        }
    }

    /** A part of the spec and where it stands. */
    private record Located(String path, Optional<Span> span) {}

    private Located place(String path, String otherwise) {
        return origins.value(path)
                .map(span -> new Located(path, Optional.of(span)))
                .orElseGet(() -> new Located(otherwise, origins.value(otherwise)));
    }

    /** Reports an id that the map, as far as it is known, cannot hold; the rest shows when the launcher runs. */
    private void mapped(long id, @Nullable IdMap map, Key key, Located where) {
        if (where.span().isEmpty() || mayHold(map, id)) {
            return;
        }
        Report report = error(
                where.span().get(),
                where.path(),
                "the id " + id + " is not mapped: "
                        + (map == null ? "there is no '" + key.word() + "'" : "'" + key.word() + "' does not hold it"));
        report.help(
                map == IdMap.Keyword.ROOT
                        ? "'root' maps 0 alone; list ranges that hold it, or write auto"
                        : "add a range to '" + key.word() + "' that holds " + id + " inside");
    }

    private static boolean mayHold(@Nullable IdMap map, long id) {
        if (map instanceof IdMap.Ranges given) {
            return given.ranges().stream().anyMatch(range -> range.inside() <= id && id <= range.lastInside());
        }
        return map != null && (map != IdMap.Keyword.ROOT || id == 0);
    }

    private void landlockHasItsLock() {
        Optional<Span> place = origins.key(Key.LANDLOCK.word());
        if (spec.confinement().landlock() != null && !spec.noNewPrivileges() && place.isPresent()) {
            error(place.get(), Key.LANDLOCK.word(), "'landlock' and 'no_new_privileges: false' contradict each other")
                    .related(origins.key(Key.NO_NEW_PRIVILEGES.word()), "set here")
                    .help("remove 'no_new_privileges: false': the kernel wants it true under Landlock");
        }
    }

    private Report error(Span span, String path, String message) {
        return new Report(Diagnostic.at(Severity.ERROR, Code.CONFLICT, span, path, message));
    }

    /** A diagnostic that is reported once its help is known. */
    private final class Report {
        private Diagnostic diagnostic;

        Report(Diagnostic diagnostic) {
            this.diagnostic = diagnostic;
        }

        Report related(Optional<Span> span, String text) {
            span.ifPresent(s -> diagnostic = diagnostic.withRelated(s, text));
            return this;
        }

        void help(String help) {
            diagnostics.add(diagnostic.withHelp(help));
        }
    }
}
