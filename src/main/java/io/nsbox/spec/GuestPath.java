package io.nsbox.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * A path inside the sandbox: absolute, without {@code ..}, {@code .} or empty parts.
 *
 * @param path such as {@code /etc/hosts}
 */
public record GuestPath(String path) {
    /** The root itself. */
    public static final GuestPath ROOT = new GuestPath("/");

    /**
     * The path that a spec spells so.
     *
     * @throws IllegalArgumentException if it is not absolute, or goes up by {@code ..}
     */
    public static GuestPath of(String written) {
        if (!written.startsWith("/")) {
            throw new IllegalArgumentException("not absolute: " + written);
        }
        List<String> parts = new ArrayList<>();
        for (String part : written.split("/")) {
            if (part.equals("..")) {
                throw new IllegalArgumentException("goes up: " + written);
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return new GuestPath("/" + String.join("/", parts));
    }

    /** Whether it is {@code /}. */
    public boolean isRoot() {
        return path.equals("/");
    }

    /** The folder that it lies in; that of the root is the root. */
    public GuestPath parent() {
        int end = path.lastIndexOf('/');
        return end <= 0 ? ROOT : new GuestPath(path.substring(0, end));
    }

    /** The last part; empty for the root. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return path;
    }
}
