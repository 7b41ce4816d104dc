package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.seccomp.Profile;
import io.nsbox.spec.CapabilityList;
import io.nsbox.spec.Confinement;
import io.nsbox.spec.Key;
import io.nsbox.spec.Landlock;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.TimeOffsets;
import io.nsbox.spec.Ulimit;
import io.nsbox.spec.User;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the keys that make a {@link Confinement}. */
final class ConfinementReader {
    /** The spelling of a umask, which the JSON Schema shares. */
    static final String UMASK_PATTERN = "^0?[0-7]{1,3}$";

    static final int LOWEST_OOM_SCORE = -1000;
    static final int HIGHEST_OOM_SCORE = 1000;
    static final int LOWEST_NICE = -20;
    static final int HIGHEST_NICE = 19;

    private static final Pattern UMASK = Pattern.compile(UMASK_PATTERN);
    private static final String MONOTONIC = "monotonic";
    private static final String BOOTTIME = "boottime";

    private final Binding binding;
    private final PathReader paths;
    private @Nullable User user;
    private List<Long> groupAdd = List.of();
    private @Nullable Integer umask;
    private CapabilityList capDrop = CapabilityList.NONE;
    private CapabilityList capAdd = CapabilityList.NONE;
    private @Nullable Landlock landlock;
    private Map<ResourceLimit, Ulimit> ulimits = Map.of();
    private @Nullable Integer oomScoreAdj;
    private @Nullable Integer nice;
    private Map<String, String> sysctls = Map.of();
    private @Nullable TimeOffsets timeOffsets;
    private @Nullable Profile seccomp;
    private final GroupLimitsReader limits;

    ConfinementReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
        this.limits = new GroupLimitsReader(binding);
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case USER -> user = new UserReader(binding).user(node, path).orElse(null);
            case GROUP_ADD -> groupAdd = new UserReader(binding).groups(node, path);
            case UMASK -> umask(node, path);
            case CAP_DROP -> capDrop = new CapabilitiesReader(binding).read(node, path);
            case CAP_ADD -> capAdd = new CapabilitiesReader(binding).read(node, path);
            case SECCOMP ->
                seccomp = new SeccompReader(binding, paths).read(node, path).orElse(null);
            case LANDLOCK ->
                landlock = new LandlockReader(binding).read(node, path).orElse(null);
            case ULIMITS -> ulimits = new UlimitsReader(binding).read(node, path);
            case OOM_SCORE_ADJ -> oomScoreAdj = number(node, path, LOWEST_OOM_SCORE, HIGHEST_OOM_SCORE);
            case NICE -> nice = number(node, path, LOWEST_NICE, HIGHEST_NICE);
            case SYSCTLS -> sysctls = new SysctlsReader(binding).read(node, path);
            case TIME_OFFSETS -> timeOffsets(node, path);
            default -> {
                return limits.read(key, node, path);
            }
        }
        return true;
    }

    private void umask(YamlNode node, String path) {
        String help = "write up to three octal digits in quotes, such as \"022\"";
        Optional<String> text = binding.text(node, path, UMASK.asMatchPredicate(), help);
        if (text.isEmpty()) {
            return;
        }
        if (!UMASK.matcher(text.get()).matches()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text.get()) + " is not a file mode creation mask",
                    help);
            return;
        }
        umask = Integer.parseInt(text.get(), 8);
    }

    private @Nullable Integer number(YamlNode node, String path, int lowest, int highest) {
        Optional<Long> number = binding.integer(node, path);
        if (number.isPresent() && (number.get() < lowest || number.get() > highest)) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is " + Binding.written(node),
                    "it must be from " + lowest + " to " + highest);
            return null;
        }
        return number.map(Long::intValue).orElse(null);
    }

    private void timeOffsets(YamlNode node, String path) {
        if (binding.isMissing(node, path)) {
            return;
        }
        if (!(node instanceof Mapping mapping)) {
            binding.wrongType(node, path, "a map", "write {monotonic: 1d, boottime: -1h}");
            return;
        }
        binding.onlyKeys(mapping, path, List.of(MONOTONIC, BOOTTIME));
        Optional<Duration> monotonic = offset(mapping, path, MONOTONIC);
        Optional<Duration> boottime = offset(mapping, path, BOOTTIME);
        if (mapping.find(MONOTONIC).isEmpty() && mapping.find(BOOTTIME).isEmpty() && !binding.isFaulty(path)) {
            binding.error(
                    Code.MISSING_VALUE,
                    node,
                    path,
                    "'" + path + "' shifts no clock",
                    "give monotonic, boottime or both, or remove the key");
        }
        timeOffsets = new TimeOffsets(monotonic, boottime);
    }

    private Optional<Duration> offset(Mapping mapping, String path, String clock) {
        Optional<Entry> entry = mapping.find(clock);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        String at = path + "." + clock;
        binding.entry(at, entry.get());
        return new DurationReader(binding).signed(entry.get().value(), at);
    }

    Confinement confinement() {
        return new Confinement(
                user,
                groupAdd,
                umask,
                capDrop,
                capAdd,
                landlock,
                ulimits,
                oomScoreAdj,
                nice,
                sysctls,
                timeOffsets,
                seccomp,
                limits.limits());
    }
}
