package io.nsbox.spec;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * One line of an id map (user_namespaces(7)).
 *
 * @param inside first id inside the namespace, 0 to 4294967294
 * @param outside first id outside, 0 to 4294967294
 * @param count how many ids follow each other, from 1
 */
public record IdRange(
        @Min(0) @Max(IdRange.HIGHEST_ID) long inside,
        @Min(0) @Max(IdRange.HIGHEST_ID) long outside,
        @Min(1) @Max(IdRange.HIGHEST_ID + 1) long count) {

    /** The highest id; the next, 4294967295, is the kernel's "no id". */
    public static final long HIGHEST_ID = 4_294_967_294L;

    /** The last id inside. */
    public long lastInside() {
        return inside + count - 1;
    }

    /** The last id outside. */
    public long lastOutside() {
        return outside + count - 1;
    }
}
