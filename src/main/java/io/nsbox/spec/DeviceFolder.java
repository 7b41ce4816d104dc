package io.nsbox.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a spec says about {@code /dev}.
 *
 * @param mode what it is; the default depends on whether there is a root of the sandbox's own
 * @param devices devices of the host that are added, absolute paths below {@code /dev}
 * @param shmSize bytes that {@code /dev/shm} may hold, 1 or more; {@link #DEFAULT_SHM_SIZE} unless given
 */
public record DeviceFolder(
        @Nullable Dev mode, List<String> devices, @Nullable Long shmSize) {
    /** As Docker has it: 64 MiB. */
    public static final long DEFAULT_SHM_SIZE = 64L << 20;

    /** Nothing said. */
    public static final DeviceFolder UNSAID = new DeviceFolder(null, List.of(), null);

    public DeviceFolder {
        devices = List.copyOf(devices);
    }

    /** How many bytes {@code /dev/shm} may hold. */
    public long shmBytes() {
        return shmSize == null ? DEFAULT_SHM_SIZE : shmSize;
    }
}
