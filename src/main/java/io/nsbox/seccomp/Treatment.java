package io.nsbox.seccomp;

import java.util.List;

/**
 * What a policy does with one system call.
 *
 * @param call which
 * @param alternatives tried in this order; the first whose conditions hold decides
 * @param otherwise what happens where none holds
 */
public record Treatment(SystemCall call, List<Alternative> alternatives, Action otherwise) {
    public Treatment {
        alternatives = List.copyOf(alternatives);
    }

    /** Whether the call is made whatever its arguments are. */
    public boolean alwaysPermits() {
        return otherwise.permits()
                && alternatives.stream()
                        .allMatch(alternative -> alternative.action().permits());
    }

    /** Whether the call is made with some arguments at least. */
    public boolean everPermits() {
        return otherwise.permits()
                || alternatives.stream()
                        .anyMatch(alternative -> alternative.action().permits());
    }
}
