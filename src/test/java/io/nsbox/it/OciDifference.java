package io.nsbox.it;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a probe in a sandbox of runc sees otherwise than in that of nsbox, on purpose; docs/oci.md lists each with its reason.
 *
 * <p>Lines are those of {@link OciProbe}: for each difference those that nsbox's sandbox alone shows, and those that runc's
 * alone does.
 */
public enum OciDifference {
    HOME("`HOME`", null, "env HOME=/(root)?"),
    DEVICE_FILES(
            "devices without a user namespace",
            "mount /dev(/(null|zero|full|random|urandom|tty|kmsg) devtmpfs rw,relatime| tmpfs nodev,noexec,nosuid,rw,relatime)",
            "mount /dev tmpfs noexec,nosuid,rw,relatime"),
    MASKS(
            "masks",
            "mount /proc/\\w+ (tmpfs nodev,noexec,nosuid,ro,relatime|devtmpfs rw,relatime)|file /proc/acpi 40555 read-only",
            "mount /proc/\\w+ (tmpfs ro,relatime|tmpfs noexec,nosuid,rw,relatime|devtmpfs r[ow],relatime)"
                    + "|file /proc/acpi 41777 read-only"),
    SIGNALS("ignored signals", "status SigIgn 0{16}", "status SigIgn \\p{XDigit}{16}"),
    CONTENT("contents of files", "mount /\\S+/motd tmpfs .*", "mount /\\S+/motd (?!tmpfs)\\w+ .*"),
    TMPFS_MODE("mode of a tmpfs", "file /(tmp|mnt) 41777 .*", "file /(tmp|mnt) 40755 .*"),
    DEV_TWICE("`/dev` of the caller's root", null, "mount /dev(/\\S+)? \\S+ .*"),
    BUNDLE("the folder of the bundle", null, "mount \\S+/bundle/rootfs \\w+ .*"),
    OPEN_FILES("number of open files", "limit 7 64 128", "limit 7 128 128");

    private final String title;
    private final @Nullable Pattern nsboxAlone;
    private final @Nullable Pattern runcAlone;

    OciDifference(String title, @Nullable String nsboxAlone, @Nullable String runcAlone) {
        this.title = title;
        this.nsboxAlone = nsboxAlone == null ? null : Pattern.compile(nsboxAlone);
        this.runcAlone = runcAlone == null ? null : Pattern.compile(runcAlone);
    }

    /** What docs/oci.md calls it. */
    public String title() {
        return title;
    }

    boolean explainsOfNsbox(String line) {
        return nsboxAlone != null && nsboxAlone.matcher(line).matches();
    }

    boolean explainsOfRunc(String line) {
        return runcAlone != null && runcAlone.matcher(line).matches();
    }
}
