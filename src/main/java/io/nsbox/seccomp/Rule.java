package io.nsbox.seccomp;

import java.util.List;

/**
 * A rule of a profile: what happens to some system calls under some conditions.
 *
 * @param names the system calls
 * @param action what happens to them
 * @param conditions on their arguments; empty for none
 * @param includes what must be there for the rule to count
 * @param excludes what must not be there
 */
public record Rule(
        List<String> names, Action action, List<Condition> conditions, Selector includes, Selector excludes) {
    public Rule {
        names = List.copyOf(names);
        conditions = List.copyOf(conditions);
    }

    /** Whether the rule counts here. */
    public boolean counts(Surroundings where) {
        return !excludes.touches(where) && includes.holds(where);
    }
}
