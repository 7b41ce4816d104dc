package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.Sysctls;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code sysctls}: kernel parameters that a namespace has for itself. */
final class SysctlsReader {
    private final Binding binding;

    SysctlsReader(Binding binding) {
        this.binding = binding;
    }

    Map<String, String> read(YamlNode node, String path) {
        Map<String, String> sysctls = new LinkedHashMap<>();
        if (binding.isMissing(node, path)) {
            return sysctls;
        }
        if (!(node instanceof Mapping mapping)) {
            binding.wrongType(node, path, "a map", "write {net.ipv4.ip_forward: 1}");
            return sysctls;
        }
        if (!binding.fits(mapping.entries().size(), Binding.MOST_STEPS, node, path)) {
            return sysctls;
        }
        for (Entry entry : mapping.entries()) {
            String name = entry.key().text();
            String at = path + "." + Printable.of(name);
            binding.entry(at, entry);
            if (Sysctls.namespaceOf(name).isEmpty()) {
                notNamespaced(entry, at, name);
            } else if (entry.value() instanceof Scalar scalar && scalar.type() == ScalarType.BOOL) {
                binding.wrongType(scalar, at, "a number or text", "write 1 or 0");
            } else {
                binding.word(entry.value(), at)
                        .filter(value -> isSound((Scalar) entry.value(), at, value))
                        .ifPresent(value -> sysctls.put(name, value));
            }
        }
        return sysctls;
    }

    private boolean isSound(Scalar node, String path, String value) {
        if (!binding.noInterpolation(node, path)) {
            return false;
        }
        if (value.isBlank() || value.indexOf('\n') >= 0) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    "'" + path + "' must be one line that is not empty",
                    "write the value as /proc/sys shows it");
            return false;
        }
        return true;
    }

    private void notNamespaced(Entry entry, String path, String name) {
        String dotted = name.replace('/', '.');
        String help = switch (name) {
            case "kernel.hostname" -> "use the key 'hostname'";
            case "kernel.domainname" -> "use the key 'domainname'";
            default ->
                Sysctls.namespaceOf(dotted).isPresent()
                        ? "write the name with dots: " + dotted
                        : "those that can be set are net.*, kernel.shm*, kernel.msg*, kernel.sem and fs.mqueue.*";
        };
        binding.error(
                Code.UNKNOWN_VALUE,
                entry.key(),
                path,
                Printable.quote(name) + " is no kernel parameter that a namespace has for itself",
                help);
    }
}
