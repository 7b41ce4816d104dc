package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.GroupLimits;
import io.nsbox.spec.Key;
import io.nsbox.spec.SandboxSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the keys that make {@link GroupLimits}. */
final class GroupLimitsReader {
    /** Less than this no process starts in. */
    static final long LEAST_MEMORY = 256 << 10;

    /** The kernel's PID_MAX_LIMIT (proc_sys_kernel(5)). */
    static final long MOST_PIDS = 4_194_304;

    static final int LOWEST_WEIGHT = 1;
    static final int HIGHEST_WEIGHT = 10_000;

    /** The largest CONFIG_NR_CPUS of both architectures. */
    static final int MOST_CPUS = 8192;

    /** The spelling of a number of processors, which the JSON Schema shares. */
    static final String CPUS_PATTERN = "^[0-9]{1,4}([.][0-9]{1,6})?$";

    /** The spelling of a list of processors, which the JSON Schema shares. */
    static final String CPUSET_PATTERN = "^[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*$";

    /** The spelling of a group's path, which the JSON Schema shares. */
    static final String PARENT_PATTERN = "^(?!(.*/)?[.][.]?(/|$))/?[^/\\x00-\\x1f$]+(/[^/\\x00-\\x1f$]+)*$";

    private static final Pattern CPUS = Pattern.compile(CPUS_PATTERN);
    private static final Pattern CPU_RANGE = Pattern.compile("[0-9]{1,4}(-[0-9]{1,4})?");
    static final int LONGEST_CPUSET = 4095;

    /** The kernel refuses a quota of less than a millisecond. */
    private static final int LEAST_QUOTA = 1000;

    private final Binding binding;
    private @Nullable Long memory;
    private @Nullable Long memoryAndSwap;
    private @Nullable Long memoryReservation;
    private @Nullable Long cpuQuota;
    private @Nullable String cpuset;
    private @Nullable Integer cpuWeight;
    private @Nullable Long pids;
    private @Nullable String parent;

    GroupLimitsReader(Binding binding) {
        this.binding = binding;
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case MEM_LIMIT -> memory = limit(node, path).orElse(null);
            case MEMSWAP_LIMIT ->
                memoryAndSwap = isMinusOne(node)
                        ? Long.valueOf(GroupLimits.UNLIMITED)
                        : limit(node, path).orElse(null);
            case MEM_RESERVATION ->
                memoryReservation = new SizeReader(binding).read(node, path).orElse(null);
            case CPUS -> cpuQuota = cpus(node, path).orElse(null);
            case CPUSET -> cpuset = cpuset(node, path).orElse(null);
            case CPU_WEIGHT ->
                cpuWeight = number(node, path, LOWEST_WEIGHT, HIGHEST_WEIGHT)
                        .map(Long::intValue)
                        .orElse(null);
            case PIDS_LIMIT -> pids = number(node, path, 1, MOST_PIDS).orElse(null);
            case CGROUP_PARENT -> parent = parent(node, path).orElse(null);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean isMinusOne(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.text().equals("-1");
    }

    private Optional<Long> limit(YamlNode node, String path) {
        Optional<Long> size = new SizeReader(binding).read(node, path);
        if (size.isPresent() && size.get() < LEAST_MEMORY) {
            outOfRange(node, path, "no process starts in less than 256k; a number without a unit is bytes");
            return Optional.empty();
        }
        return size;
    }

    private Optional<Long> number(YamlNode node, String path, long lowest, long highest) {
        Optional<Long> number = binding.integer(node, path);
        if (number.isPresent() && (number.get() < lowest || number.get() > highest)) {
            outOfRange(node, path, "it must be from " + lowest + " to " + highest);
            return Optional.empty();
        }
        return number;
    }

    private void outOfRange(YamlNode node, String path, String help) {
        binding.error(Code.OUT_OF_RANGE, node, path, "'" + path + "' is " + Binding.written(node), help);
    }

    private Optional<Long> cpus(YamlNode node, String path) {
        Optional<String> word = binding.word(node, path);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        if (!CPUS.matcher(word.get()).matches()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(word.get()) + " is not a number of processors",
                    "write it as in 2, 1.5 or 0.25");
            return Optional.empty();
        }
        long quota = new BigDecimal(word.get())
                .multiply(BigDecimal.valueOf(GroupLimits.CPU_PERIOD))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
        if (quota < LEAST_QUOTA || quota > (long) MOST_CPUS * GroupLimits.CPU_PERIOD) {
            outOfRange(node, path, "it must be from 0.01 to " + MOST_CPUS);
            return Optional.empty();
        }
        return Optional.of(quota);
    }

    private Optional<String> cpuset(YamlNode node, String path) {
        Optional<String> word = binding.word(node, path);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        // Range by range: on a long list one expression for all of it would overflow the stack.
        String[] ranges = word.get().split(",", -1);
        boolean spelled =
                Arrays.stream(ranges).allMatch(range -> CPU_RANGE.matcher(range).matches());
        if (word.get().length() > LONGEST_CPUSET || !spelled) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(word.get()) + " is not a list of processors",
                    "write it as in 0, 0-3 or \"0-3,5\"");
            return Optional.empty();
        }
        BitSet processors = new BitSet();
        for (String range : ranges) {
            String[] ends = range.split("-");
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (first > last || last >= MOST_CPUS) {
                binding.error(
                        Code.OUT_OF_RANGE,
                        node,
                        path,
                        "'" + path + "' holds the range " + range,
                        "processors are numbered from 0 to " + (MOST_CPUS - 1) + ", the smaller one first");
                return Optional.empty();
            }
            processors.set(first, last + 1);
        }
        return Optional.of(list(processors));
    }

    /** As the kernel writes it, so that the two can be compared. */
    private static String list(BitSet processors) {
        StringBuilder list = new StringBuilder();
        for (int first = processors.nextSetBit(0); first >= 0; ) {
            int after = processors.nextClearBit(first);
            list.append(list.isEmpty() ? "" : ",").append(first);
            if (after - 1 > first) {
                list.append('-').append(after - 1);
            }
            first = processors.nextSetBit(after);
        }
        return list.toString();
    }

    private Optional<String> parent(YamlNode node, String path) {
        Optional<String> text = binding.text(node, path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String group = text.get().replaceFirst("^/+", "").replaceFirst("/+$", "");
        boolean leaves = Arrays.asList(group.split("/")).stream()
                .anyMatch(part -> part.equals("..") || part.equals(".") || part.isEmpty());
        boolean control = group.chars().anyMatch(Character::isISOControl);
        if (leaves || control || group.getBytes(StandardCharsets.UTF_8).length > SandboxSpec.PATH_BYTES / 2) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text.get()) + " is not the path of a control group",
                    "write it below the cgroup mount, as in nsbox.slice/judge");
            return Optional.empty();
        }
        return Optional.of(group);
    }

    GroupLimits limits() {
        return new GroupLimits(memory, memoryAndSwap, memoryReservation, cpuQuota, cpuset, cpuWeight, pids, parent);
    }
}
