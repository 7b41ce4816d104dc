package io.nsbox.spec;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as its spec describes it: one component a key of the language, {@code null} where the spec says nothing
 * and the language has no fixed default.
 *
 * @param version language version, always 1
 * @param name the sandbox's name; the file's name without its ending unless given
 * @param description free text
 * @param namespaces the namespaces that are made, in the order of {@link Namespace}
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
 */
public record SandboxSpec(
        @Min(1) @Max(1) int version,
        @Pattern(regexp = NAME_PATTERN) String name,
        @Nullable String description,
        Set<Namespace> namespaces,
        @Size(min = 1, max = 64) @Nullable String hostname,
        @Size(min = 1, max = 64) @Nullable String domainname,
        boolean mountProc,
        Propagation propagation,
        @Nullable IdMap uidMap,
        @Nullable IdMap gidMap,
        NetworkMode network,
        List<Variable> environment,
        InheritEnv inheritEnv,
        @Nullable String workingDir,
        List<String> command,
        boolean noNewPrivileges,
        Signal stopSignal,
        Duration stopGracePeriod,
        @Nullable Duration timeout) {

    /** What a sandbox may be called. */
    public static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]{0,62}";

    /** Whether the spec lists this namespace. */
    public boolean has(Namespace namespace) {
        return namespaces.contains(namespace);
    }

    /** The wall-clock limit, if there is one. */
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(timeout);
    }
}
