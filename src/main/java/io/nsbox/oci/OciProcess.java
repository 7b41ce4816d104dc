package io.nsbox.oci;

import io.nsbox.spec.Confinement;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.LinuxCapability;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Tty;
import io.nsbox.spec.Ulimit;
import io.nsbox.spec.User;
import io.nsbox.spec.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The command of a configuration, and what it is and may do (config.md, "Process"). */
final class OciProcess {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final SandboxSpec spec;
    private final Confinement confinement;
    private final Circumstances here;
    private final Findings findings;
    private final long uid;
    private final long gid;

    OciProcess(SandboxSpec spec, Circumstances here, OciNamespaces namespaces, Findings findings) {
        this.spec = spec;
        this.confinement = spec.confinement();
        this.here = here;
        this.findings = findings;
        Optional<User> user = Optional.ofNullable(confinement.user());
        this.uid = user.map(who -> OptionalLong.of(who.uid()))
                .orElseGet(() -> own(namespaces.uidInside(), "uid_map", "user"))
                .orElse(0);
        this.gid = gid(user, namespaces).orElse(0);
    }

    /** As with Docker, 0 unless given; where 0 may not be mapped the group stays. */
    private OptionalLong gid(Optional<User> user, OciNamespaces namespaces) {
        boolean stays = spec.makes(Namespace.USER) && (spec.gidMap() == null || spec.gidMap() == IdMap.Keyword.KEEP_ID);
        if (user.isPresent() && user.get().gid().isPresent()) {
            return user.get().gid();
        }
        return user.isPresent() && !stays ? OptionalLong.of(0) : own(namespaces.gidInside(), "gid_map", "group");
    }

    private OptionalLong own(OptionalLong inside, String key, String what) {
        boolean hasMap = "uid_map".equals(key) ? spec.uidMap() != null : spec.gidMap() != null;
        if (inside.isEmpty() && hasMap) {
            findings.refuse(
                    key,
                    "the caller's " + what + " is not in the map, and a runtime must be told who runs the command",
                    "write `user`, with ids that the map holds");
        }
        return inside;
    }

    Map<String, Object> toMap() {
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("terminal", terminal());
        process.put("user", user());
        process.put("args", spec.command());
        process.put("env", environment());
        process.put("cwd", folder());
        process.put("capabilities", capabilities());
        if (!confinement.ulimits().isEmpty()) {
            process.put("rlimits", limits());
        }
        process.put("noNewPrivileges", spec.noNewPrivileges());
        if (confinement.oomScoreAdj() != null) {
            process.put("oomScoreAdj", confinement.oomScoreAdj());
        }
        return process;
    }

    /** Whether there is a terminal is decided at each start, unless the spec says; then there is none. */
    private boolean terminal() {
        if (spec.session().init()) {
            findings.refuse(
                    "init",
                    "the OCI runtime specification 1.0.2 knows no init process",
                    "remove it, or let the command be one");
        }
        return spec.session().tty() == Tty.TRUE;
    }

    private Map<String, Object> user() {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("uid", uid);
        user.put("gid", gid);
        Integer umask = confinement.umask();
        // Without one, runtimes take 022.
        user.put("umask", umask == null ? here.caller().umask() : umask);
        List<Long> groups = new ArrayList<>();
        boolean keepsIds = confinement.user() == null && !spec.has(Namespace.USER);
        if (keepsIds) {
            groups.addAll(here.caller().ids().groups());
        }
        confinement.groupAdd().stream().filter(group -> !groups.contains(group)).forEach(groups::add);
        if (!groups.isEmpty()) {
            user.put("additionalGids", groups);
        }
        return user;
    }

    /** The variables in the order in which a launcher passes them: inherited, given, and always a PATH. */
    private List<String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        here.environment().forEach((name, value) -> {
            if (isInherited(name)) {
                variables.put(name, value);
            }
        });
        for (Variable variable : spec.environment()) {
            variables.remove(variable.name());
            variable.value()
                    .or(() -> Optional.ofNullable(here.environment().get(variable.name())))
                    .ifPresent(value -> variables.put(variable.name(), value));
        }
        variables.putIfAbsent("PATH", DEFAULT_PATH);
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    private boolean isInherited(String name) {
        if (spec.inheritEnv() instanceof InheritEnv.Names names) {
            return names.patterns().stream()
                    .anyMatch(pattern -> pattern.endsWith("*")
                            ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                            : name.equals(pattern));
        }
        return true;
    }

    private String folder() {
        if (spec.workingDir() != null) {
            return spec.workingDir();
        }
        return spec.fileSystem().rootfs() != null ? "/" : here.workingDirectory();
    }

    private Map<String, Object> capabilities() {
        boolean ownNamespace = spec.has(Namespace.USER);
        OciCaller caller = here.caller();
        long had = ownNamespace ? caller.allCapabilities() : caller.permitted();
        long bound = ownNamespace ? caller.allCapabilities() : caller.bounding();
        long added = confinement.capAdd().mask() & caller.allCapabilities();
        long kept = confinement.capDrop().all() ? added : ~confinement.capDrop().mask() | added;
        missing(added & ~had);
        boolean root = uid == 0;
        long ambient = root ? 0 : added & had;
        long effective = root ? had & bound & kept : ambient;
        Map<String, Object> sets = new LinkedHashMap<>();
        sets.put("bounding", names(bound & kept));
        sets.put("effective", names(effective));
        sets.put("permitted", names(effective));
        // The kernel wants ambient capabilities inheritable.
        sets.put("inheritable", names(ambient));
        sets.put("ambient", names(ambient));
        return sets;
    }

    private void missing(long bits) {
        if (bits != 0 && !confinement.capAdd().all()) {
            findings.refuse(
                    "cap_add",
                    "the caller does not have " + String.join(", ", names(bits)),
                    "list `user` in `namespaces`, where the sandbox gets its own, or export as root");
        }
    }

    private List<String> names(long bits) {
        List<String> names = new ArrayList<>();
        for (LinuxCapability capability : LinuxCapability.values()) {
            boolean known = capability.number() <= here.caller().lastCapability();
            if (known && (bits & capability.bit()) != 0) {
                names.add(capability.word());
            }
        }
        return names;
    }

    private List<Map<String, Object>> limits() {
        List<Map<String, Object>> limits = new ArrayList<>();
        for (Map.Entry<ResourceLimit, Ulimit> limit : confinement.ulimits().entrySet()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("type", "RLIMIT_" + limit.getKey().word().toUpperCase(Locale.ROOT));
            // What is unlimited has all bits set, as the kernel has it.
            entry.put("hard", OciSeccomp.unsigned(limit.getValue().hard()));
            entry.put("soft", OciSeccomp.unsigned(limit.getValue().soft()));
            limits.add(entry);
        }
        return limits;
    }
}
