package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/** When the caller may write an id map (user_namespaces(7), newuidmap(1)). */
final class IdMapRules {

    /** The two maps of a user namespace. */
    enum Side {
        UID("uid_map", SubIdRanges.UIDS, "newuidmap", "cap_setuid"),
        GID("gid_map", SubIdRanges.GIDS, "newgidmap", "cap_setgid");

        private final String key;
        private final String file;
        private final String program;
        private final String fileCapability;

        Side(String key, String file, String program, String fileCapability) {
            this.key = key;
            this.file = file;
            this.program = program;
            this.fileCapability = fileCapability;
        }

        String key() {
            return key;
        }

        Side other() {
            return this == UID ? GID : UID;
        }

        List<SubIdRange> ranges(HostFacts facts) {
            return this == UID ? facts.subIds().uids() : facts.subIds().gids();
        }

        List<IdMapping> map(HostFacts facts) {
            return this == UID ? facts.uidMap() : facts.gidMap();
        }

        long id(CallerFacts caller) {
            return this == UID ? caller.uid() : caller.gid();
        }

        private Optional<IdMapHelper> helper(HostFacts facts) {
            return this == UID ? facts.newuidmap() : facts.newgidmap();
        }
    }

    private IdMapRules() {}

    /** Whether the launcher may write any map itself; it does so for both or for none. */
    static boolean privileged(HostFacts facts) {
        return facts.has(Capability.CAP_SETUID) && facts.has(Capability.CAP_SETGID);
    }

    /** What keeps the caller from a map of its own id alone: {@code root} and {@code keep-id}. */
    static Optional<Obstacle> single(Side side, HostFacts facts) {
        return Obstacle.worst(user(facts), readOnlyProc(facts), userZero(side, facts));
    }

    /** What keeps the caller from a map that takes in its whole range: {@code auto}. */
    static Optional<Obstacle> auto(Side side, HostFacts facts) {
        if (facts.caller().isEmpty()) {
            return user(facts);
        }
        return Obstacle.worst(
                single(side, facts), ranges(side, facts), privileged(facts) ? Optional.empty() : helper(side, facts));
    }

    /** What keeps the caller from a map of explicit ranges. */
    static Optional<Obstacle> explicit(Side side, HostFacts facts) {
        return privileged(facts) ? Obstacle.worst(user(facts), readOnlyProc(facts)) : auto(side, facts);
    }

    private static Optional<Obstacle> user(HostFacts facts) {
        return NamespaceRules.obstacle(NamespaceKind.USER, facts).map(obstacle -> obstacle.because("needs `user`"));
    }

    private static Optional<Obstacle> readOnlyProc(HostFacts facts) {
        return facts.mounts().procReadOnly()
                ? Optional.of(Obstacle.refused(
                        "/proc is read-only, so no map can be written",
                        Fixes.asRoot(facts, "mount -o remount,rw /proc")))
                : Optional.empty();
    }

    /** Linux 5.12 and later: user 0 of the namespace above is mapped only by those who could give a file capabilities. */
    private static Optional<Obstacle> userZero(Side side, HostFacts facts) {
        boolean zero = facts.caller().filter(caller -> caller.uid() == 0).isPresent();
        return side == Side.UID && zero && !facts.has(Capability.CAP_SETFCAP)
                ? Optional.of(Obstacle.refused(
                        "the caller is user 0 without CAP_SETFCAP, which mapping user 0 takes",
                        "give the caller CAP_SETFCAP, or run as another user"))
                : Optional.empty();
    }

    private static Optional<Obstacle> ranges(Side side, HostFacts facts) {
        List<SubIdRange> ranges = side.ranges(facts);
        String who = facts.account()
                .map(Account::name)
                .orElseGet(() -> "uid " + facts.caller().orElseThrow().uid());
        if (ranges.isEmpty()) {
            return Optional.of(Obstacle.refused(side.file + " has no range for " + who, Fixes.addRanges(facts)));
        }
        boolean mapped = side.map(facts).isEmpty()
                || ranges.stream().allMatch(range -> side.map(facts).stream().anyMatch(line -> line.covers(range)));
        return mapped
                ? Optional.empty()
                : Optional.of(Obstacle.refused(
                        "the range " + ranges.get(0) + " of " + side.file
                                + " is not mapped in the user namespace the caller is in",
                        "give that user namespace (the container) these ids, or write a range that it has to "
                                + side.file));
    }

    private static Optional<Obstacle> helper(Side side, HostFacts facts) {
        Optional<IdMapHelper> helper = side.helper(facts);
        if (helper.isEmpty()) {
            return Optional.of(Obstacle.refused(side.program + " is not installed", Fixes.installHelpers(facts)));
        }
        String path = helper.get().path();
        if (facts.caller().filter(CallerFacts::noNewPrivileges).isPresent()) {
            return Optional.of(Obstacle.refused(
                    "no_new_privs is set for the caller, so " + path + " gets no privilege",
                    "run nsbox from a process without no_new_privs"));
        }
        if (facts.mounts().nosuid(path)) {
            return Optional.of(Obstacle.refused(
                    path + " is on a nosuid mount, so it gets no privilege", "mount that file system without nosuid"));
        }
        return helper.get().setuidRoot()
                ? Optional.empty()
                : Optional.of(Obstacle.perhaps(
                        path + " is not setuid root; whether it has file capabilities only a try can tell",
                        Fixes.asRoot(facts, "setcap " + side.fileCapability + "+ep " + path)));
    }
}
