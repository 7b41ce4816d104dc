package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/**
 * What security modules and sysctls say about unprivileged user namespaces.
 *
 * @param modules active security modules in order ({@code /sys/kernel/security/lsm}); empty where that cannot be read
 * @param appArmorProfile the caller's AppArmor label, such as {@code unconfined} or {@code docker-default (enforce)};
 *     absent without AppArmor
 * @param appArmorRestricts whether {@value #APPARMOR_SYSCTL} is on (Ubuntu 23.10 and later)
 * @param cloneForbidden whether {@value #DEBIAN_SYSCTL} is 0 (a Debian patch)
 */
public record SecurityFacts(
        List<String> modules, Optional<String> appArmorProfile, boolean appArmorRestricts, boolean cloneForbidden) {

    /** Takes every capability from an unprivileged user namespace, unless a profile says {@code userns}. */
    public static final String APPARMOR_SYSCTL = "kernel.apparmor_restrict_unprivileged_userns";

    /** 0 keeps callers without CAP_SYS_ADMIN from making user namespaces. */
    public static final String DEBIAN_SYSCTL = "kernel.unprivileged_userns_clone";

    /** The profile that the restriction moves an unprivileged user namespace to. */
    static final String RESTRICTED_PROFILE = "unprivileged_userns";

    public SecurityFacts {
        modules = List.copyOf(modules);
    }

    /** Whether the caller runs under an AppArmor profile that is enforced. */
    public boolean confined() {
        return appArmorProfile.filter(label -> label.endsWith("(enforce)")).isPresent();
    }

    static SecurityFacts read(HostTree tree) {
        List<String> modules = tree.word("/sys/kernel/security/lsm")
                .filter(list -> !list.isEmpty())
                .map(list -> List.of(list.split(",")))
                .orElse(List.of());
        // Only this file is AppArmor's for certain: /proc/self/attr/current belongs to whichever module came first.
        Optional<String> profile = tree.word("/proc/self/attr/apparmor/current").filter(label -> !label.isEmpty());
        return new SecurityFacts(
                modules,
                profile,
                tree.word(sysctl(APPARMOR_SYSCTL)).filter("1"::equals).isPresent(),
                tree.word(sysctl(DEBIAN_SYSCTL)).filter("0"::equals).isPresent());
    }

    /** The file of a sysctl (sysctl(8)). */
    static String sysctl(String name) {
        return "/proc/sys/" + name.replace('.', '/');
    }
}
