package io.nsbox.text;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that somebody probably meant. */
final class Suggestion {
    private static final int LONGEST = 64;

    private Suggestion() {}

    /** The candidate that differs least, if any is near enough; the first of equals. */
    static Optional<String> nearest(String word, Collection<String> candidates) {
        if (word.isEmpty() || word.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = normal(word);
        String best = null;
        int bestDistance = Math.max(1, wanted.length() / 3) + 1;
        for (String candidate : candidates) {
            // Words of very different lengths differ at least by that; comparing them in full is dear.
            if (Math.abs(candidate.length() - wanted.length()) > bestDistance + 2) {
                continue;
            }
            int distance = distance(wanted, normal(candidate));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Other spellings of the same word: {@code mountProc}, {@code mount-proc}, {@code MOUNT_PROC}. */
    private static String normal(String word) {
        StringBuilder out = new StringBuilder();
        char before = '_';
        for (char c : word.toCharArray()) {
            if (Character.isUpperCase(c) && Character.isLowerCase(before)) {
                out.append('_');
            }
            out.append(c == '-' ? '_' : Character.toLowerCase(c));
            before = c;
        }
        return out.toString();
    }

    /** Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
