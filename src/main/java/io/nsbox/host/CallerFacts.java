package io.nsbox.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;

/**
 * Who calls: ids, capabilities and what restrains the process, from {@code /proc/self/status} (proc_pid_status(5)).
 *
 * <p>Ids are those that the caller's own user namespace shows. No files are reported for this: the text differs for each
 * process, so a launcher compares its ids and capabilities themselves.
 *
 * @param uid effective user id
 * @param gid effective group id
 * @param realUid real user id
 * @param realGid real group id
 * @param groups supplementary group ids, in the kernel's order
 * @param capabilities effective capability mask; see {@link Capability#bit()}
 * @param noNewPrivileges whether setuid programs and file capabilities have no effect (PR_SET_NO_NEW_PRIVS)
 * @param seccompMode 0 none, 1 strict, 2 a filter (seccomp(2))
 * @param processor the first of the processors on which the caller may run
 */
public record CallerFacts(
        long uid,
        long gid,
        long realUid,
        long realGid,
        List<Long> groups,
        long capabilities,
        boolean noNewPrivileges,
        int seccompMode,
        int processor) {

    /** Where the facts come from. */
    public static final String SOURCE = "/proc/self/status";

    public CallerFacts {
        groups = List.copyOf(groups);
    }

    /** Whether the caller has this capability in effect. */
    public boolean has(Capability capability) {
        return (capabilities & capability.bit()) != 0;
    }

    /** The caller on this machine; absent where {@code /proc} is not mounted or does not look like one. */
    public static Optional<CallerFacts> read(HostTree tree) {
        // No lambda and no regular expression here: their first use costs milliseconds, and this is on the cold path of
        // `up`.
        Optional<HostFile> file = tree.read(SOURCE);
        return file.isPresent() ? parse(file.get().lines()) : Optional.empty();
    }

    private static Optional<CallerFacts> parse(List<String> lines) {
        Map<String, String> fields = new HashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        try {
            List<Long> uids = numbers(fields.getOrDefault("Uid", ""));
            List<Long> gids = numbers(fields.getOrDefault("Gid", ""));
            if (uids.size() < 2 || gids.size() < 2) {
                return Optional.empty();
            }
            return Optional.of(new CallerFacts(
                    uids.get(1),
                    gids.get(1),
                    uids.get(0),
                    gids.get(0),
                    numbers(fields.getOrDefault("Groups", "")),
                    Long.parseUnsignedLong(fields.getOrDefault("CapEff", "0"), 16),
                    "1".equals(fields.get("NoNewPrivs")),
                    Integer.parseInt(fields.getOrDefault("Seccomp", "0")),
                    first(fields.getOrDefault("Cpus_allowed_list", "0"))));
        } catch (NumberFormatException notAStatusFile) {
            return Optional.empty();
        }
    }

    private static int first(String list) {
        StringTokenizer numbers = new StringTokenizer(list, "-,");
        return numbers.hasMoreTokens() ? Integer.parseInt(numbers.nextToken()) : 0;
    }

    private static List<Long> numbers(String field) {
        List<Long> numbers = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(field);
        while (words.hasMoreTokens()) {
            numbers.add(Integer.toUnsignedLong(Integer.parseUnsignedInt(words.nextToken())));
        }
        return numbers;
    }
}
