package io.nsbox.spec;

/**
 * What the sandbox sees as its files: one component a key of the language.
 *
 * @param readOnly whether {@code /} and everything below it that came with it is read-only
 * @param dev what {@code /dev} is
 * @param guarded what is hidden or frozen after all mounts
 */
public record FileSystem(boolean readOnly, DeviceFolder dev, GuardedPaths guarded) {
    /** The caller's files as they are. */
    public static final FileSystem CALLERS = new FileSystem(false, DeviceFolder.UNSAID, GuardedPaths.UNSAID);

    /** Whether the sandbox has a root of its own. */
    public boolean hasRoot() {
        return false;
    }

    /** What {@code /dev} is: what the spec says, or its default. */
    public Dev devMode() {
        Dev said = dev.mode();
        return said != null ? said : hasRoot() ? Dev.MINIMAL : Dev.HOST;
    }
}
