package io.nsbox.text;

import io.nsbox.seccomp.Action;
import io.nsbox.seccomp.CapabilityNames;
import io.nsbox.seccomp.Comparison;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The words of seccomp profiles, with what they stand for. */
final class ProfileWords {
    static final Map<String, Action.Kind> ACTIONS = new LinkedHashMap<>();
    static final Map<String, Comparison> COMPARISONS = new LinkedHashMap<>();

    static {
        // As with libseccomp: the plain word ends a thread only.
        ACTIONS.put("SCMP_ACT_KILL", Action.Kind.KILL_THREAD);
        for (Action.Kind kind : Action.Kind.values()) {
            ACTIONS.put("SCMP_ACT_" + kind.name(), kind);
        }
        for (Comparison comparison : Comparison.values()) {
            COMPARISONS.put(comparison.word(), comparison);
        }
    }

    /**
     * Flags of seccomp(2), linux/seccomp.h. TSYNC is nothing to a process of one thread, and the others have no meaning
     * without an agent.
     */
    static final Map<String, Integer> FLAGS = Map.of(
            "SECCOMP_FILTER_FLAG_TSYNC", 0,
            "SECCOMP_FILTER_FLAG_LOG", 2,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4);

    /** {@code SCMP_ARCH_*} of libseccomp. */
    static final Map<String, String> ARCHITECTURES = themselves(List.of(
            "SCMP_ARCH_X86",
            "SCMP_ARCH_X86_64",
            "SCMP_ARCH_X32",
            "SCMP_ARCH_ARM",
            "SCMP_ARCH_AARCH64",
            "SCMP_ARCH_LOONGARCH64",
            "SCMP_ARCH_M68K",
            "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32",
            "SCMP_ARCH_MIPSEL",
            "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PARISC",
            "SCMP_ARCH_PARISC64",
            "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",
            "SCMP_ARCH_RISCV64",
            "SCMP_ARCH_S390",
            "SCMP_ARCH_S390X",
            "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB"));

    /** The words of Docker's {@code includes} and {@code excludes}. */
    static final Map<String, String> GO_ARCHITECTURES = themselves(List.of(
            "amd64",
            "arm",
            "arm64",
            "loong64",
            "mips",
            "mips64",
            "mips64n32",
            "mipsel",
            "mipsel64",
            "mipsel64n32",
            "mips3l64n32",
            "ppc",
            "ppc64",
            "ppc64le",
            "riscv64",
            "s390",
            "s390x",
            "x32",
            "x86"));

    static final Map<String, String> CAPABILITIES = themselves(CapabilityNames.ALL);

    private ProfileWords() {}

    /** A map whose values are its keys. */
    private static Map<String, String> themselves(List<String> words) {
        Map<String, String> map = new LinkedHashMap<>();
        words.forEach(word -> map.put(word, word));
        return map;
    }
}
