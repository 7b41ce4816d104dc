package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.YamlNode.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads lists of paths: those inside that are masked or read-only, and devices of the host. None may stand twice. */
final class PathListReader {
    /** The spelling of a path that is not the root, which the JSON Schema shares: absolute, and no {@code ..} in it. */
    static final String GUARDED_PATTERN =
            "^(?![\\s\\S]*\\$\\{)(?![\\s\\S]*/[.][.](?:/|$))(?=/)(?:[./]*[^./]|[\\s\\S]*[.]{3})";

    /** The spelling of a device, which the JSON Schema shares. */
    static final String DEVICE_PATTERN = "^(?![\\s\\S]*(?:\\$\\{|//|:/))(?![\\s\\S]*/[.]{1,2}(?:/|$))"
            + "/dev/(?!(?:fd|stdin|stdout|stderr|pts|ptmx|shm)(?:/|$))[\\s\\S]*[^/]$";

    /** What {@code dev: minimal} makes of its own, beside device files. */
    private static final Set<String> OWN = Set.of("fd", "stdin", "stdout", "stderr", "pts", "ptmx", "shm");

    private static final String DEV = "/dev/";
    private static final Pattern COMPOSE = Pattern.compile("(/[^:]*):/.*", Pattern.DOTALL);

    private final Binding binding;
    private final PathReader paths;

    PathListReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
    }

    /** Paths inside, each in its shortest spelling; {@code null} where the value is no list. */
    @Nullable
    List<String> guarded(YamlNode node, String path) {
        return read(node, path, "write a list of paths, such as [/proc/keys]", this::guarded);
    }

    /** Devices of the host. */
    List<String> devices(YamlNode node, String path) {
        List<String> devices = read(node, path, "write a list of devices, such as [/dev/fuse]", this::device);
        return devices == null ? List.of() : devices;
    }

    /** Checks an entry's text, and spells it as it is kept; empty after a problem was reported. */
    private interface Check {
        Optional<String> check(YamlNode node, String path, String text);
    }

    private @Nullable List<String> read(YamlNode node, String path, String help, Check check) {
        Optional<Sequence> list = binding.sequence(node, path, help);
        if (list.isEmpty()) {
            return null;
        }
        if (!binding.fits(list.get().items().size(), Binding.MOST_STEPS, node, path)) {
            return null;
        }
        List<String> read = new ArrayList<>();
        Map<String, YamlNode> seen = new HashMap<>();
        for (int i = 0; i < list.get().items().size(); i++) {
            YamlNode item = list.get().items().get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            Optional<String> each = binding.text(item, at).flatMap(text -> check.check(item, at, text));
            if (each.isEmpty()) {
                continue;
            }
            YamlNode first = seen.putIfAbsent(each.get(), item);
            if (first == null) {
                read.add(each.get());
                continue;
            }
            String message = "'" + path + "' lists " + Printable.quote(each.get()) + " twice";
            binding.report(binding.problem(Severity.ERROR, Code.DUPLICATE_ENTRY, item, at, message)
                    .withRelated(first.place().span(), "the first time")
                    .withHelp("remove one of the two"));
        }
        return read;
    }

    private Optional<String> guarded(YamlNode node, String path, String text) {
        Optional<GuestPath> guest = paths.guest(node, path, "'" + path + "'", text);
        if (guest.filter(GuestPath::isRoot).isPresent()) {
            String help = "list what lies below it; the whole root is frozen by read_only: true";
            return refused(node, path, "'" + path + "' is the root itself", help);
        }
        return guest.map(GuestPath::path);
    }

    private Optional<String> device(YamlNode node, String path, String text) {
        Matcher compose = COMPOSE.matcher(text);
        String message = Printable.quote(text) + " cannot be one of 'devices'";
        if (compose.matches()) {
            String plain = Printable.of(compose.group(1));
            return refused(node, path, message, "a device has the same path inside: write " + plain);
        }
        String below = text.startsWith(DEV) ? text.substring(DEV.length()) : "";
        for (String part : below.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return refused(node, path, message, "write the path of a device below /dev, such as /dev/fuse");
            }
        }
        if (OWN.contains(below.split("/", 2)[0])) {
            return refused(node, path, message, "remove it: 'dev: minimal' makes its own");
        }
        return fitting(node, path, text);
    }

    private Optional<String> fitting(YamlNode node, String path, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes <= SandboxSpec.PATH_BYTES) {
            return Optional.of(text);
        }
        String help = "the kernel takes at most " + SandboxSpec.PATH_BYTES + " bytes";
        binding.error(Code.OUT_OF_RANGE, node, path, "'" + path + "' is too long: " + bytes + " bytes", help);
        return Optional.empty();
    }

    private Optional<String> refused(YamlNode node, String path, String message, String help) {
        binding.error(Code.INVALID_VALUE, node, path, message, help);
        return Optional.empty();
    }
}
