package io.nsbox.plan;

/** Where calls run. */
public enum Phase {
    /** In the launcher, before the sandbox's first process exists. */
    LAUNCHER("launcher"),
    /** In the process between the launcher and the sandbox that prepares the namespaces, where there is one. */
    STAGE("process that prepares the namespaces"),
    /** In the launcher, beside the sandbox's first process. */
    PARENT("launcher, beside the sandbox"),
    /** In a process of its own that runs newuidmap(1) or newgidmap(1), for which the launcher waits. */
    HELPER("helper of the launcher"),
    /** In the process that ends the sandbox when the launcher is killed. */
    GUARD("guard of the launcher"),
    /** In the sandbox's first process, which becomes the command. */
    CHILD("sandbox"),
    /** In that process where it stays as the init. */
    INIT("init of the sandbox"),
    /** In the process under the init, which becomes the command. */
    COMMAND("command under the init");

    private final String word;

    Phase(String word) {
        this.word = word;
    }

    /** Whether most sandboxes have no such process. */
    boolean isExtra() {
        return this == STAGE || this == HELPER || this == GUARD || this == INIT || this == COMMAND;
    }

    /** How plans call it. */
    public String word() {
        return word;
    }
}
