package io.nsbox.oci;

import io.nsbox.host.CallerFacts;
import io.nsbox.host.HostTree;
import io.nsbox.seccomp.KernelRelease;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who exports, with all that a launcher would find out when it runs and a configuration has to say.
 *
 * @param ids the caller's ids and groups
 * @param permitted its permitted capabilities, as bits
 * @param bounding its bounding set, as bits
 * @param lastCapability the highest capability that the kernel knows
 * @param umask its file mode creation mask
 * @param kernel the running kernel
 */
public record OciCaller(
        CallerFacts ids, long permitted, long bounding, int lastCapability, int umask, KernelRelease kernel) {

    /** The caller on this machine; absent where {@code /proc} is not mounted. */
    public static Optional<OciCaller> read(HostTree tree) {
        Map<String, String> fields = new HashMap<>();
        tree.read(CallerFacts.SOURCE)
                .ifPresent(file -> file.lines().forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        fields.put(
                                line.substring(0, colon),
                                line.substring(colon + 1).strip());
                    }
                }));
        Optional<Integer> last = tree.word("/proc/sys/kernel/cap_last_cap")
                .filter(number -> number.matches("\\d{1,2}"))
                .map(Integer::parseInt);
        Optional<KernelRelease> kernel = tree.word("/proc/sys/kernel/osrelease").flatMap(OciCaller::release);
        Optional<CallerFacts> ids = CallerFacts.read(tree);
        if (ids.isEmpty() || last.isEmpty() || kernel.isEmpty() || !fields.containsKey("Umask")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OciCaller(
                    ids.get(),
                    Long.parseUnsignedLong(fields.getOrDefault("CapPrm", "0"), 16),
                    Long.parseUnsignedLong(fields.getOrDefault("CapBnd", "0"), 16),
                    last.get(),
                    Integer.parseInt(fields.getOrDefault("Umask", "022"), 8),
                    kernel.get()));
        } catch (NumberFormatException notAStatusFile) {
            return Optional.empty();
        }
    }

    /** The first two numbers of what uname(2) calls the release, such as {@code 6.1} of {@code 6.1.0-13-amd64}. */
    private static Optional<KernelRelease> release(String text) {
        String[] parts = text.split("[.-]", 3);
        return parts.length < 2 ? Optional.empty() : KernelRelease.parse(parts[0] + "." + parts[1]);
    }

    /** Every capability that the kernel knows, which is what a new user namespace begins with. */
    long allCapabilities() {
        return (1L << (lastCapability + 1)) - 1;
    }
}
