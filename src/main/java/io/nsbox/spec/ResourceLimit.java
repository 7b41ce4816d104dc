package io.nsbox.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A resource limit of getrlimit(2); the numbers are those of asm-generic/resource.h. */
public enum ResourceLimit {
    AS(9, Unit.BYTES),
    CORE(4, Unit.BYTES),
    CPU(0, Unit.SECONDS),
    DATA(2, Unit.BYTES),
    FSIZE(1, Unit.BYTES),
    LOCKS(10, Unit.NUMBER),
    MEMLOCK(8, Unit.BYTES),
    MSGQUEUE(12, Unit.BYTES),
    NICE(13, Unit.NUMBER),
    NOFILE(7, Unit.NUMBER),
    NPROC(6, Unit.NUMBER),
    RSS(5, Unit.BYTES),
    RTPRIO(14, Unit.NUMBER),
    RTTIME(15, Unit.MICROSECONDS),
    SIGPENDING(11, Unit.NUMBER),
    STACK(3, Unit.BYTES);

    /** What a limit counts. */
    public enum Unit {
        NUMBER,
        BYTES,
        SECONDS,
        MICROSECONDS
    }

    private final int number;
    private final Unit unit;

    ResourceLimit(int number, Unit unit) {
        this.number = number;
        this.unit = unit;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** What it counts. */
    public Unit unit() {
        return unit;
    }

    /** The word of a spec: the manual's name in small letters, without {@code RLIMIT_}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The limit that a spec calls so. */
    public static Optional<ResourceLimit> find(String word) {
        return Arrays.stream(values()).filter(l -> l.word().equals(word)).findFirst();
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(ResourceLimit::word).toList();
    }
}
