package io.nsbox.text;

import io.nsbox.diag.Span;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a node stands.
 *
 * @param source the text
 * @param start offset of its first character
 * @param end offset after its last
 * @param alias where it is used, for a node that an alias brought here
 */
record Place(
        SourceText source, int start, int end, @Nullable Place alias) {
    Place(SourceText source, int start, int end) {
        this(source, start, end, null);
    }

    Span span() {
        return source.span(start, end);
    }

    Optional<Span> usedAt() {
        return Optional.ofNullable(alias).map(Place::span);
    }

    Place usedAt(Place use) {
        return new Place(source, start, end, use);
    }
}
