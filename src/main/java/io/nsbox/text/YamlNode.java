package io.nsbox.text;

import java.util.List;
import java.util.Optional;

/** A YAML node with its place; merge keys are already merged, aliases already resolved. */
sealed interface YamlNode {
    Place place();

    /** How many nodes this one comes to when every alias is written out. */
    long weight();

    /** What it is, for messages: {@code a list}, {@code the number 15}. */
    String describe();

    /** The same node, brought to another place by an alias. */
    YamlNode usedAt(Place use);

    /** What a scalar is in the core schema of YAML 1.2 (section 10.3). */
    enum ScalarType {
        NULL,
        BOOL,
        INT,
        FLOAT,
        TEXT,
        /** An alias without an anchor: that is reported, and nothing more need be said about the value. */
        UNKNOWN
    }

    /**
     * A scalar.
     *
     * @param text its text after escapes and folding, before it is taken for a number or anything else
     * @param type what the core schema takes it for
     * @param plain whether it stands without quotes
     */
    record Scalar(Place place, String text, ScalarType type, boolean plain) implements YamlNode {
        @Override
        public long weight() {
            return 1;
        }

        /** Whether it is the value of a key without one; so is what nobody knows. */
        boolean isNull() {
            return type == ScalarType.NULL || isUnknown();
        }

        boolean isUnknown() {
            return type == ScalarType.UNKNOWN;
        }

        @Override
        public String describe() {
            String shown = io.nsbox.diag.Printable.quote(text);
            return switch (type) {
                case UNKNOWN -> "an unknown alias";
                case NULL -> text.isEmpty() ? "nothing" : "YAML's null " + shown;
                case BOOL -> "the boolean " + shown;
                case INT, FLOAT -> "the number " + shown;
                case TEXT -> plain ? "the text " + shown : "the quoted text " + shown;
            };
        }

        @Override
        public Scalar usedAt(Place use) {
            return new Scalar(place.usedAt(use), text, type, plain);
        }
    }

    /** A sequence. */
    record Sequence(Place place, List<YamlNode> items, long weight) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        static Sequence of(Place place, List<YamlNode> items) {
            long weight = 1;
            for (YamlNode item : items) {
                weight = plus(weight, item.weight());
            }
            return new Sequence(place, items, weight);
        }

        @Override
        public String describe() {
            return "a list";
        }

        @Override
        public Sequence usedAt(Place use) {
            return new Sequence(place.usedAt(use), items, weight);
        }
    }

    /** A mapping; no two entries have the same key. */
    record Mapping(Place place, List<Entry> entries, long weight) implements YamlNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        static Mapping of(Place place, List<Entry> entries) {
            long weight = 1;
            for (Entry entry : entries) {
                weight = plus(weight, plus(1, entry.value.weight()));
            }
            return new Mapping(place, entries, weight);
        }

        Optional<Entry> find(String key) {
            return entries.stream().filter(e -> e.key.text.equals(key)).findFirst();
        }

        @Override
        public String describe() {
            return "a map";
        }

        @Override
        public Mapping usedAt(Place use) {
            return new Mapping(place.usedAt(use), entries, weight);
        }
    }

    /** A key and its value. */
    record Entry(Scalar key, YamlNode value) {}

    private static long plus(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
