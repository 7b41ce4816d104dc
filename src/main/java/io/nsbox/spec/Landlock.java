package io.nsbox.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the command may still do once it is restricted by Landlock (landlock(7)).
 *
 * <p>Three groups: files (read, write, execute), TCP (bind, connect) and scopes. A group is restricted as soon as one of
 * its keys is there; within it nothing is allowed that is not listed.
 *
 * @param read what may be read: absolute paths as seen inside
 * @param write what may be changed
 * @param execute what may be executed
 * @param tcpBind ports that may be bound
 * @param tcpConnect ports that may be connected to
 * @param scope what does not reach beyond the sandbox
 */
public record Landlock(
        Optional<List<String>> read,
        Optional<List<String>> write,
        Optional<List<String>> execute,
        Optional<List<Integer>> tcpBind,
        Optional<List<Integer>> tcpConnect,
        Set<Scope> scope) {

    /** What can be kept within the sandbox. */
    public enum Scope {
        ABSTRACT_UNIX_SOCKET,
        SIGNAL;

        /** The word of a spec. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Landlock {
        scope = Set.copyOf(scope);
    }

    /** Whether files are restricted. */
    public boolean restrictsFiles() {
        return read.isPresent() || write.isPresent() || execute.isPresent();
    }

    /** Whether TCP is restricted. */
    public boolean restrictsTcp() {
        return tcpBind.isPresent() || tcpConnect.isPresent();
    }
}
