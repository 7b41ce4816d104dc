package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads paths: the caller's, which become absolute, and those inside, which are so already.
 *
 * <p>Not thread-safe: it remembers whether the caller's home was asked for.
 */
final class PathReader {
    private final Binding binding;
    private final String folder;
    private final Optional<String> home;
    private boolean homeConsulted;

    /**
     * A reader for one spec.
     *
     * @param folder the spec file's folder, absolute
     * @param home the caller's home, as the environment has it
     */
    PathReader(Binding binding, String folder, Optional<String> home) {
        this.binding = binding;
        this.folder = folder;
        this.home = home;
    }

    /** Whether the result depends on the caller's home. */
    boolean isHomeConsulted() {
        return homeConsulted;
    }

    /** A path of the caller's: relative to the spec file's folder, or to the caller's home after {@code ~/}. */
    Optional<String> host(YamlNode node, String path) {
        return binding.text(node, path).flatMap(written -> host(node, path, written));
    }

    /** Likewise, of text that was read already. */
    Optional<String> host(YamlNode node, String path, String written) {
        return host(node, path, "'" + path + "'", written);
    }

    /** Likewise, of a part of a text, which {@code what} names. */
    Optional<String> host(YamlNode node, String path, String what, String written) {
        if (written.isEmpty()) {
            binding.error(Code.INVALID_VALUE, node, path, what + " is empty", "name a file or folder");
            return Optional.empty();
        }
        if (!written.startsWith("~")) {
            return fitting(node, path, what, written.startsWith("/") ? written : below(folder, written));
        }
        if (!written.equals("~") && !written.startsWith("~/")) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    what + " begins with '~', but only '~/' stands for a home: the caller's",
                    "write the whole path, or ./" + Printable.of(written) + " for a file of that name");
            return Optional.empty();
        }
        homeConsulted = true;
        if (home.filter(h -> h.startsWith("/")).isEmpty()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    what + " lies in the caller's home, but the variable HOME names no absolute path",
                    "set HOME, or write the whole path");
            return Optional.empty();
        }
        return fitting(node, path, what, below(home.get(), written.substring(Math.min(2, written.length()))));
    }

    /** Not more is done than is needed: what {@code ..} leads to, the kernel knows best. */
    private static String below(String folder, String written) {
        String rest = written;
        while (rest.startsWith("./")) {
            rest = rest.substring(2).replaceFirst("^/+", "");
        }
        String base = folder.replaceFirst("/+$", "");
        return rest.isEmpty() || rest.equals(".") ? base.isEmpty() ? "/" : base : base + "/" + rest;
    }

    private Optional<String> fitting(YamlNode node, String path, String what, String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length <= SandboxSpec.PATH_BYTES) {
            return Optional.of(text);
        }
        binding.error(
                Code.OUT_OF_RANGE,
                node,
                path,
                what + " is too long: " + length + " bytes",
                "the kernel takes at most " + SandboxSpec.PATH_BYTES + " bytes");
        return Optional.empty();
    }

    /** A path inside. */
    Optional<GuestPath> guest(YamlNode node, String path) {
        return binding.text(node, path).flatMap(written -> guest(node, path, "'" + path + "'", written));
    }

    /** Likewise, of text that was read already, which {@code what} names. */
    Optional<GuestPath> guest(YamlNode node, String path, String what, String written) {
        if (!written.startsWith("/")) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    what + " must be an absolute path, not " + Printable.quote(written),
                    "paths inside start with '/'");
            return Optional.empty();
        }
        if (Arrays.asList(written.split("/")).contains("..")) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    what + " goes up by '..': " + Printable.quote(written),
                    "write where it leads to");
            return Optional.empty();
        }
        return fitting(node, path, what, written).map(GuestPath::of);
    }

    /** A path inside on which something can be mounted: not the root. */
    Optional<GuestPath> target(YamlNode node, String path, String what, String written) {
        Optional<GuestPath> target = guest(node, path, what, written);
        if (target.filter(GuestPath::isRoot).isPresent()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    what + " is '/', on which nothing can be mounted",
                    "'rootfs' makes a folder the root");
            return Optional.empty();
        }
        return target;
    }
}
