package io.nsbox.testing;

import java.util.List;

/** Who runs nsbox in a test: root, or somebody without any privilege. */
public enum Identity {
    /** Root itself. */
    ROOT(0),
    /** Whoever runs the tests where that is not root; else user 1000, with no capability and no group. */
    USER(1000);

    private final int uid;

    Identity(int uid) {
        this.uid = uid;
    }

    /** Whether the tests run as root. */
    public static boolean testsAreRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Skips the test, by name, where this machine has no such identity to give. */
    public void require() {
        if (this == ROOT) {
            Requirements.requireRoot();
        } else if (testsAreRoot()) {
            Requirements.requireProgram("setpriv");
        }
    }

    /** Whether a command must change its ids first. */
    public boolean isSomebodyElse() {
        return this == USER && testsAreRoot();
    }

    /** The user and group id that it has, where {@link #isSomebodyElse} or root. */
    public int id() {
        return uid;
    }

    /** The words before a command that make it run so; each replaces itself by the next, so the pid stays. */
    public List<String> prefix() {
        return isSomebodyElse()
                ? List.of("setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups")
                : List.of();
    }
}
