package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.Tty;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import java.util.List;
import java.util.Optional;

/** Reads {@code tty}: true, false, or a word. */
final class TtyReader {
    private final Binding binding;

    TtyReader(Binding binding) {
        this.binding = binding;
    }

    Optional<Tty> read(YamlNode node, String path) {
        if (node instanceof Scalar scalar && scalar.type() == ScalarType.BOOL) {
            return binding.bool(node, path).map(value -> value ? Tty.TRUE : Tty.FALSE);
        }
        if (binding.isMissing(node, path)) {
            return Optional.empty();
        }
        if (!(node instanceof Scalar scalar) || scalar.type() != ScalarType.TEXT) {
            binding.wrongType(node, path, "auto, true or false", "write one of them");
            return Optional.empty();
        }
        Optional<String> text = binding.text(node, path);
        if (text.isEmpty() || text.get().equals(Tty.AUTO.word())) {
            return text.map(word -> Tty.AUTO);
        }
        boolean quoted = text.get().equals(Tty.TRUE.word()) || text.get().equals(Tty.FALSE.word());
        binding.error(
                Code.UNKNOWN_VALUE,
                node,
                path,
                "'" + path + "' does not know " + Printable.quote(text.get()),
                quoted ? "remove the quotes" : Binding.oneOf(text.get(), List.of("auto", "false", "true")));
        return Optional.empty();
    }
}
