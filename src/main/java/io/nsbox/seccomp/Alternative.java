package io.nsbox.seccomp;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What happens to a system call where all of some conditions hold.
 *
 * @param conditions at least one, by the index of the argument, each argument once
 * @param action what happens then
 */
public record Alternative(List<Condition> conditions, Action action) {

    /**
     * The order in which libseccomp tries conditions where several rules are about one system call (its database keeps a
     * level of the tree in this order): later arguments first, then equality before less before greater, then the larger
     * value first, but the smaller for "less"; of two that start alike the one with fewer conditions.
     */
    static final Comparator<Alternative> ORDER = Comparator.<Alternative>comparingInt(
                    alternative -> -alternative.first().index())
            .thenComparingInt(alternative -> -precedence(alternative.first().comparison()))
            .thenComparing(Alternative::byDatum)
            .thenComparingInt(alternative -> alternative.conditions.size());

    public Alternative {
        conditions = List.copyOf(conditions);
    }

    private Condition first() {
        return conditions.get(0);
    }

    private static int precedence(Comparison comparison) {
        return switch (comparison) {
            case EQ, NE, MASKED_EQ -> 3;
            case LE, LT -> 2;
            case GE, GT -> 1;
        };
    }

    private static int byDatum(Alternative one, Alternative other) {
        int order = Long.compareUnsigned(one.first().datum(), other.first().datum());
        return precedence(one.first().comparison()) == 2 ? order : -order;
    }

    /** Such as {@code arg0 == 0x1 and arg1 != 0x2}. */
    public String text() {
        return conditions.stream().map(Condition::text).collect(Collectors.joining(" and "));
    }
}
