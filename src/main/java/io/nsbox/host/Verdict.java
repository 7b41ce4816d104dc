package io.nsbox.host;

import java.util.List;

/**
 * Whether this machine gives what a key of the language asks for.
 *
 * @param key the key as a spec has it, such as {@code uid_map: auto}
 * @param status yes, no, or not to be told without trying
 * @param reason why not; for a yes, what it takes, or nothing
 * @param fixes commands or changes that would make it a yes, the simplest first; each one is enough
 */
public record Verdict(String key, Status status, String reason, List<String> fixes) {

    /** The three answers. */
    public enum Status {
        YES("yes"),
        NO("no"),
        UNKNOWN("unknown");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /** The word that a report shows. */
        public String word() {
            return word;
        }
    }

    public Verdict {
        fixes = List.copyOf(fixes);
    }

    /** It works, without more ado. */
    static Verdict yes(String key) {
        return new Verdict(key, Status.YES, "", List.of());
    }
}
