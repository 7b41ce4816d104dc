package io.nsbox.host;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two numbers of a kernel release that features go by.
 *
 * @param major such as 6 of {@code 6.8.0-31-generic}
 * @param minor such as 8 of {@code 6.8.0-31-generic}
 */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {

    /** The oldest Linux that nsbox runs on: mount_setattr(2) came with it. */
    public static final KernelVersion OLDEST = new KernelVersion(5, 12);

    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*", Pattern.DOTALL);

    /** The version that a release, as uname(2) reports it, begins with. */
    public static Optional<KernelVersion> parse(String release) {
        Matcher matcher = RELEASE.matcher(release);
        return matcher.matches()
                ? Optional.of(new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** Whether this is the other version or a later one. */
    public boolean atLeast(KernelVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
