package io.nsbox.spec;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as its spec describes it: one component a key of the language, {@code null} where the spec says nothing
 * and the language has no fixed default.
 *
 * @param version language version, always 1
 * @param name the sandbox's name; the file's name without its ending unless given
 * @param description free text
 * @param namespaces the namespaces that are made or joined, in the order of {@link Namespace}
 * @param joins the paths of those that are joined, as the spec has them
 * @param hostname the host name inside (sethostname(2))
 * @param domainname the NIS domain name inside (setdomainname(2))
 * @param mountProc whether a new procfs is mounted on {@code /proc}
 * @param propagation mount propagation of {@code /} and all below
 * @param uidMap user ids, after the rule that one keyword carries over to the other map
 * @param gidMap group ids, likewise
 * @param network what the new network namespace holds
 * @param environment variables set for the command, in the spec's order
 * @param inheritEnv what is kept of the caller's environment
 * @param workingDir where the command starts; the caller's working directory unless given
 * @param command the command's words; empty where the spec has none
 * @param noNewPrivileges whether PR_SET_NO_NEW_PRIVS is set
 * @param stopSignal what asks the command to end
 * @param stopGracePeriod how long it may take after that, before SIGKILL
 * @param timeout wall-clock limit
 * @param fileSystem what the sandbox sees as its files
 * @param confinement what the command is and may do
 * @param session what stands around the command while it runs
 * @param report where a report of the run is written, absolute
 */
public record SandboxSpec(
        @Min(1) @Max(1) int version,
        @Spelling(regexp = NAME_PATTERN) String name,
        @Nullable String description,
        Set<Namespace> namespaces,
        Map<Namespace, String> joins,

        @ByteLength(min = 1, max = NODENAME_BYTES) @Spelling(regexp = HOSTNAME_PATTERN) @Nullable
        String hostname,

        @ByteLength(min = 1, max = NODENAME_BYTES) @Nullable String domainname,
        boolean mountProc,
        Propagation propagation,
        @Valid @Nullable IdMap uidMap,
        @Valid @Nullable IdMap gidMap,
        NetworkMode network,
        List<Variable> environment,
        InheritEnv inheritEnv,

        @ByteLength(max = PATH_BYTES) @Spelling(regexp = ABSOLUTE_PATH_PATTERN) @Nullable
        String workingDir,

        List<String> command,
        boolean noNewPrivileges,
        Signal stopSignal,
        @DurationMax(days = LONGEST_DAYS) Duration stopGracePeriod,

        @DurationMin(nanos = 1) @DurationMax(days = LONGEST_DAYS) @Nullable
        Duration timeout,

        FileSystem fileSystem,
        Confinement confinement,
        Session session,
        @Nullable String report) {

    /** What a sandbox may be called. */
    public static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]{0,62}";

    /**
     * Labels of letters, digits and inner hyphens, up to 63 each, joined by dots (RFC 1123, section 2.1).
     *
     * <p>The length stands in front so that a text of a megabyte is refused before the repetition recurses over it.
     */
    public static final String HOSTNAME_PATTERN =
            "(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*";

    /** A path that starts at the root, whatever characters follow. */
    public static final String ABSOLUTE_PATH_PATTERN = "/[\\s\\S]*";

    /** The kernel's {@code __NEW_UTS_LEN} (uname(2)). */
    public static final int NODENAME_BYTES = 64;

    /** {@code PATH_MAX} less the closing NUL (path_resolution(7)). */
    public static final int PATH_BYTES = 4095;

    /** A hundred years: longer durations are taken for a mistake. */
    public static final int LONGEST_DAYS = 36_500;

    public SandboxSpec {
        namespaces = Namespace.ordered(namespaces);
        joins = Collections.unmodifiableMap(new TreeMap<>(joins));
        environment = List.copyOf(environment);
        command = List.copyOf(command);
    }

    /** Whether the spec lists this namespace. */
    public boolean has(Namespace namespace) {
        return namespaces.contains(namespace);
    }

    /** Whether this namespace is made new for the sandbox, and not joined. */
    public boolean makes(Namespace namespace) {
        return has(namespace) && !joins.containsKey(namespace);
    }

    /** The same sandbox with another command. */
    public SandboxSpec withCommand(List<String> words) {
        return with(words, session);
    }

    /** The same without a terminal, for the background. */
    public SandboxSpec withoutTerminal() {
        return with(new Session(session.init(), Tty.FALSE));
    }

    /** The same with other things around its command. */
    public SandboxSpec with(Session other) {
        return with(command, other);
    }

    private SandboxSpec with(List<String> words, Session around) {
        return new SandboxSpec(
                version,
                name,
                description,
                namespaces,
                joins,
                hostname,
                domainname,
                mountProc,
                propagation,
                uidMap,
                gidMap,
                network,
                environment,
                inheritEnv,
                workingDir,
                words,
                noNewPrivileges,
                stopSignal,
                stopGracePeriod,
                timeout,
                fileSystem,
                confinement,
                around,
                report);
    }

    /** The same, as somebody who is in its namespaces already sees it. */
    public SandboxSpec withoutNamespaces() {
        return new SandboxSpec(
                version,
                name,
                description,
                Set.of(),
                Map.of(),
                null,
                null,
                false,
                propagation,
                null,
                null,
                network,
                environment,
                inheritEnv,
                workingDir,
                command,
                noNewPrivileges,
                stopSignal,
                stopGracePeriod,
                null,
                FileSystem.CALLERS,
                confinement,
                new Session(false, session.tty()),
                null);
    }

    /** Where a report of the run is written, if anywhere. */
    public Optional<String> reportFile() {
        return Optional.ofNullable(report);
    }

    /** The wall-clock limit, if there is one. */
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(timeout);
    }
}
