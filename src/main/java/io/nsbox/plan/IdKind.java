package io.nsbox.plan;

/** Users or groups: what their map files and helpers are called (user_namespaces(7), newuidmap(1), newgidmap(1)). */
enum IdKind {
    UID("uid", "newuidmap"),
    GID("gid", "newgidmap");

    private final String word;
    private final String helper;

    IdKind(String word, String helper) {
        this.word = word;
        this.helper = helper;
    }

    String word() {
        return word;
    }

    String helper() {
        return helper;
    }
}
