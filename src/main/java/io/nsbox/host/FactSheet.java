package io.nsbox.host;

import io.nsbox.host.DoctorReport.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The facts of a machine that explain its verdicts, in words. */
final class FactSheet {
    private FactSheet() {}

    static List<Fact> of(HostFacts facts) {
        return List.of(
                new Fact(
                        "machine",
                        (facts.release().isEmpty() ? "Linux" : "Linux " + facts.release()) + ", " + facts.machine()),
                new Fact(
                        "caller",
                        facts.caller().map(caller -> caller(facts, caller)).orElse("unknown")),
                new Fact("user namespace", userNamespace(facts)),
                new Fact("restraints", restraints(facts)),
                new Fact(
                        "subordinate ids",
                        "uids " + ranges(facts.subIds().uids()) + "; gids "
                                + ranges(facts.subIds().gids())),
                new Fact(
                        "id map helpers",
                        helper("newuidmap", facts.newuidmap()) + "; " + helper("newgidmap", facts.newgidmap())),
                new Fact("/", facts.mounts().rootShared() ? "shared mount" : "private mount"),
                new Fact("/proc", proc(facts)),
                new Fact("cgroups", cgroups(facts.cgroups())));
    }

    private static String caller(HostFacts facts, CallerFacts caller) {
        String name =
                facts.account().map(account -> " (" + account.name() + ")").orElse("");
        String rights = caller.capabilities() == 0
                ? "no capabilities"
                : "capabilities 0x" + Long.toHexString(caller.capabilities())
                        + (caller.has(Capability.CAP_SYS_ADMIN) ? "" : ", without CAP_SYS_ADMIN");
        return "uid " + caller.uid() + name + ", gid " + caller.gid() + ", " + rights;
    }

    private static String userNamespace(HostFacts facts) {
        if (facts.uidMap().isEmpty()) {
            return "unknown";
        }
        return facts.inUserNamespace() ? "not the initial one (the kernel nests 32 at most)" : "the initial one";
    }

    private static String restraints(HostFacts facts) {
        List<String> restraints = new ArrayList<>();
        facts.caller().ifPresent(caller -> {
            if (caller.noNewPrivileges()) {
                restraints.add("no_new_privs");
            }
            if (caller.seccompMode() != 0) {
                restraints.add("a seccomp filter");
            }
        });
        SecurityFacts security = facts.security();
        security.appArmorProfile()
                .filter(label -> !label.equals("unconfined"))
                .ifPresent(label -> restraints.add("AppArmor profile " + label));
        if (security.appArmorRestricts()) {
            restraints.add(SecurityFacts.APPARMOR_SYSCTL + " = 1");
        }
        if (security.cloneForbidden()) {
            restraints.add(SecurityFacts.DEBIAN_SYSCTL + " = 0");
        }
        String modules =
                security.modules().isEmpty() ? "" : " (security modules: " + String.join(" ", security.modules()) + ")";
        return (restraints.isEmpty() ? "none known" : String.join(", ", restraints)) + modules;
    }

    private static String ranges(List<SubIdRange> ranges) {
        return ranges.isEmpty()
                ? "none"
                : ranges.stream().map(SubIdRange::toString).collect(Collectors.joining(", "));
    }

    private static String helper(String name, java.util.Optional<IdMapHelper> helper) {
        return helper.map(found -> found.path() + (found.setuidRoot() ? ", setuid root" : ", not setuid root"))
                .orElse("no " + name);
    }

    private static String proc(HostFacts facts) {
        List<String> hidden = facts.mounts().procHidden();
        return hidden.isEmpty() ? "fully visible" : "masked: " + String.join(", ", hidden);
    }

    private static String cgroups(CgroupFacts cgroups) {
        String controllers =
                cgroups.controllers().isEmpty() ? "" : " (" + String.join(" ", cgroups.controllers()) + ")";
        String group = cgroups.ownGroup()
                .map(path -> ", own group " + path + (cgroups.delegated() ? ", delegated" : ", not delegated"))
                .orElse("");
        return cgroups.mode().words() + controllers + group;
    }
}
