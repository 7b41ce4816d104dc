package io.nsbox.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/** Which kernel parameters belong to a namespace, and to which (sysctl(8), proc_sys_kernel(5), mq_overview(7)). */
public final class Sysctls {
    /** The names that a spec may set. */
    public static final String PATTERN =
            "(net[.][A-Za-z0-9_/@:+*.-]+|kernel[.](shm[a-z_]+|msg[a-z_]+|sem)|fs[.]mqueue[.][A-Za-z0-9_]+)";

    private static final int LONGEST = 255;
    private static final Pattern SPELLING = Pattern.compile("[A-Za-z0-9_/@:+*-]+([.][A-Za-z0-9_/@:+*-]+)*");
    private static final Pattern OF_IPC =
            Pattern.compile("kernel[.](shm[a-z_]+|msg[a-z_]+|sem)|fs[.]mqueue[.][A-Za-z0-9_]+");

    private Sysctls() {}

    /** The namespace that a parameter belongs to; nothing for one that is the whole machine's. */
    public static Optional<Namespace> namespaceOf(String name) {
        if (name.startsWith("net.") && isName(name)) {
            return Optional.of(Namespace.NETWORK);
        }
        return OF_IPC.matcher(name).matches() ? Optional.of(Namespace.IPC) : Optional.empty();
    }

    /**
     * Whether the text can be a name: parts joined by dots, in which a slash stands for a dot, as in {@code eth0/1}. None
     * of the parts leads elsewhere in {@code /proc/sys}.
     */
    public static boolean isName(String text) {
        if (text.length() > LONGEST || !SPELLING.matcher(text).matches()) {
            return false;
        }
        for (String part : text.split("[.]")) {
            if (part.equals("/") || part.equals("//")) {
                return false;
            }
        }
        return true;
    }

    /** The parameter's file. */
    public static String path(String name) {
        StringBuilder path = new StringBuilder("/proc/sys/");
        for (char c : name.toCharArray()) {
            path.append(c == '.' ? '/' : c == '/' ? '.' : c);
        }
        return path.toString();
    }
}
