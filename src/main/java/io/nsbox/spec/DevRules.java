package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules that tie {@code dev} to other keys. */
final class DevRules {
    private final SandboxSpec spec;
    private final Origins origins;
    private final Diagnostics diagnostics;

    private DevRules(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        this.spec = spec;
        this.origins = origins;
        this.diagnostics = diagnostics;
    }

    /** Checks a spec; where its word for {@code dev} is none there is nothing to compare with. */
    static void check(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        DevRules rules = new DevRules(spec, origins, diagnostics);
        boolean unclear = spec.fileSystem().dev().mode() == null
                && origins.key(Key.DEV.word()).isPresent();
        if (spec.has(Namespace.MOUNT) && !unclear) {
            rules.sizeNeedsAMinimalDev();
            rules.devptsNeedsIdsZero();
        }
    }

    private void sizeNeedsAMinimalDev() {
        Optional<Span> size = origins.key(Key.SHM_SIZE.word());
        if (size.isEmpty() || spec.fileSystem().devMode() == Dev.MINIMAL) {
            return;
        }
        String message = "'shm_size' without 'dev: minimal': /dev/shm is not made new";
        Diagnostic problem =
                error(size.get(), Key.SHM_SIZE, message).withHelp("write dev: minimal, or remove 'shm_size'");
        Optional<Span> dev = origins.key(Key.DEV.word());
        diagnostics.add(dev.map(place -> problem.withRelated(place, "/dev is chosen here"))
                .orElse(problem));
    }

    /** A devpts belongs to user and group 0 of the user namespace in which it is mounted. */
    private void devptsNeedsIdsZero() {
        Key key = spec.fileSystem().dev().mode() == null ? Key.ROOTFS : Key.DEV;
        Optional<Span> place = origins.key(key.word());
        if (place.isEmpty() || spec.fileSystem().devMode() != Dev.MINIMAL || !spec.has(Namespace.USER)) {
            return;
        }
        String subject = key == Key.DEV ? "'dev: minimal'" : "'rootfs' brings 'dev: minimal', which";
        if (isKeyword(spec.uidMap(), IdMap.Keyword.KEEP_ID) || isKeyword(spec.gidMap(), IdMap.Keyword.KEEP_ID)) {
            if (!isPlain(spec.uidMap()) || !isPlain(spec.gidMap())) {
                diagnostics.add(withMaps(
                        error(place.get(), key, subject + " with 'keep-id' for one map allows no ranges in the other"),
                        "write keep-id for both, or dev: host"));
            }
            return;
        }
        boolean noUser = !hasZero(spec.uidMap());
        boolean noGroup = !hasZero(spec.gidMap());
        if (noUser || noGroup) {
            String ids = noUser && noGroup ? "user and group id 0" : noUser ? "user id 0" : "group id 0";
            String message = subject + " needs " + ids + " inside, to which its devpts belongs";
            diagnostics.add(withMaps(
                    error(place.get(), key, message), "map 0, as uid_map: root does, write keep-id, or dev: host"));
        }
    }

    private Diagnostic withMaps(Diagnostic problem, String help) {
        Optional<Span> maps = origins.key(Key.UID_MAP.word()).or(() -> origins.key(Key.GID_MAP.word()));
        Diagnostic helped = problem.withHelp(help);
        return maps.map(place -> helped.withRelated(place, "ids are mapped here"))
                .orElse(helped);
    }

    private static boolean isKeyword(@Nullable IdMap map, IdMap.Keyword keyword) {
        return map == keyword;
    }

    private static boolean isPlain(@Nullable IdMap map) {
        return map == IdMap.Keyword.KEEP_ID || map == IdMap.Keyword.ROOT;
    }

    private static boolean hasZero(@Nullable IdMap map) {
        if (map instanceof IdMap.Ranges given) {
            return given.ranges().stream().anyMatch(range -> range.inside() == 0);
        }
        return map != null;
    }

    private static Diagnostic error(Span place, Key key, String message) {
        return Diagnostic.at(Severity.ERROR, Code.CONFLICT, place, key.word(), message);
    }
}
