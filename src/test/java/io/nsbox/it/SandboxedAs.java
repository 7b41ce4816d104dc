package io.nsbox.it;

import io.nsbox.testing.Identity;

/** Who starts a sandbox, and with which namespaces it can have files of its own. */
enum SandboxedAs {
    /** Root, with all its rights. */
    ROOT(Identity.ROOT, "namespaces: [mount, pid, ipc, network, cgroup]\n"),
    /** Root, in a user namespace. */
    ROOT_MAPPED(Identity.ROOT, "namespaces: [user, mount, pid, ipc, network, cgroup]\nuid_map: root\n"),
    /** An ordinary user that is root inside. */
    USER(Identity.USER, "namespaces: [user, mount, pid, ipc, network, cgroup]\nuid_map: root\n"),
    /** An ordinary user that stays who it is. */
    USER_KEEPING_ITS_ID(Identity.USER, "namespaces: [user, mount, pid, ipc, network, cgroup]\nuid_map: keep-id\n");

    private final Identity identity;
    private final String head;

    SandboxedAs(Identity identity, String head) {
        this.identity = identity;
        this.head = head;
    }

    /** A workshop of whoever starts it. */
    Workshop open() {
        return Workshop.open(identity);
    }

    /** Runs a shell script in a sandbox with these keys. */
    Running.Result run(Workshop workshop, String keys, String script) {
        return workshop.run(launcher(workshop, keys, script));
    }

    /** Makes the launcher of such a sandbox. */
    java.nio.file.Path launcher(Workshop workshop, String keys, String script) {
        String command = "command: [sh, -c, \"" + script.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]\n";
        return workshop.launcher("box", head + keys + bare(keys) + command.replace("\n\"", "\""));
    }

    /** Takes from a root what it brings by default: DevIT and MasksIT try that. */
    private static String bare(String keys) {
        boolean brings = keys.startsWith("rootfs:") && !keys.contains("\ndev: ");
        return brings ? "dev: none\nmasked_paths: []\nreadonly_paths: []\n" : "";
    }

    /** Whether no capability over the machine's files is left. */
    boolean isUnprivileged() {
        return identity == Identity.USER;
    }

    boolean hasAUserNamespace() {
        return this != ROOT;
    }
}
