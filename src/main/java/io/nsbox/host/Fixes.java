package io.nsbox.host;

import java.util.Set;

/** What a person can do about an obstacle, as text: a command where there is one. */
final class Fixes {
    static final String MOUNT_PROC = "mount -t proc proc /proc";

    private static final long RANGE = 65_536;

    private Fixes() {}

    /** A command as the caller has to type it to be root. */
    static String asRoot(HostFacts facts, String command) {
        boolean root = facts.caller().filter(caller -> caller.uid() == 0).isPresent();
        return root ? command : "sudo " + command;
    }

    static String sysctl(HostFacts facts, String name, String value) {
        return asRoot(facts, "sysctl -w " + name + "=" + value);
    }

    static String appArmorProfile(HostFacts facts) {
        String home = facts.account().map(Account::home).orElse("@{HOME}");
        return "load an AppArmor profile with `userns,` for " + home + "/.cache/nsbox/**";
    }

    static String unconfinedContainer(boolean seccomp, boolean appArmor) {
        return "in Docker or Podman: run the container with"
                + (seccomp ? " --security-opt seccomp=unconfined" : "")
                + (appArmor ? " --security-opt apparmor=unconfined" : "");
    }

    /** How the caller gets the ranges it lacks, with numbers that nobody has yet. */
    static String addRanges(HostFacts facts) {
        CallerFacts caller = facts.caller().orElseThrow();
        boolean uids = facts.subIds().uids().isEmpty();
        boolean gids = facts.subIds().gids().isEmpty();
        String files = (uids ? " " + SubIdRanges.UIDS : "") + (gids ? " " + SubIdRanges.GIDS : "");
        long first =
                Math.max(facts.freeSubUid().orElse(100_000L), facts.freeSubGid().orElse(100_000L));
        if (facts.account().isEmpty()) {
            String line = caller.uid() + ":" + first + ":" + RANGE;
            return "echo " + line + " | " + asRoot(facts, "tee -a") + files;
        }
        // usermod(8) refuses the options as long as the file is not there.
        boolean missing = (uids && facts.freeSubUid().isEmpty())
                || (gids && facts.freeSubGid().isEmpty());
        String range = first + "-" + (first + RANGE - 1);
        String usermod = "usermod" + (uids ? " --add-subuids " + range : "") + (gids ? " --add-subgids " + range : "");
        return (missing ? asRoot(facts, "touch" + files) + " && " : "")
                + asRoot(facts, usermod + " " + facts.account().get().name());
    }

    /** Where newuidmap and newgidmap come from. */
    static String installHelpers(HostFacts facts) {
        Set<String> distribution = facts.distribution();
        if (distribution.contains("debian") || distribution.contains("ubuntu")) {
            return asRoot(facts, "apt-get install uidmap");
        }
        if (distribution.contains("fedora") || distribution.contains("rhel")) {
            return asRoot(facts, "dnf install shadow-utils");
        }
        return "install the package with newuidmap and newgidmap: `uidmap` or `shadow`";
    }
}
