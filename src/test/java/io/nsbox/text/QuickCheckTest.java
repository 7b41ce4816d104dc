package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.spec.Confinement;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Session;
import io.nsbox.spec.Signal;
import jakarta.validation.Constraint;
import jakarta.validation.Valid;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The quick check and the validator say the same of every value around every limit. */
class QuickCheckTest {
    private static final Map<String, List<@Nullable Object>> VALUES = new TreeMap<>();

    static {
        VALUES.put("version", Arrays.asList(-1, 0, 1, 2, Integer.MAX_VALUE));
        VALUES.put("name", Arrays.asList("", "a", "-a", "a b", "a_.-9", "x".repeat(63), "x".repeat(64), "ä", "a\n"));
        VALUES.put(
                "hostname",
                Arrays.asList(
                        null,
                        "",
                        "a",
                        "a.b",
                        "a..b",
                        ".a",
                        "a.",
                        "-a",
                        "a-",
                        "A-9",
                        "a_b",
                        "ä",
                        "a\n",
                        "x".repeat(63),
                        "x".repeat(64),
                        "x".repeat(31) + "." + "x".repeat(32),
                        "x".repeat(32) + "." + "x".repeat(32)));
        VALUES.put(
                "domainname",
                Arrays.asList(null, "", "x", "x".repeat(64), "x".repeat(65), "ä".repeat(32), "ä".repeat(33)));
        VALUES.put("uidMap", maps());
        VALUES.put("gidMap", maps());
        VALUES.put(
                "workingDir",
                Arrays.asList(
                        null,
                        "",
                        "/",
                        "a",
                        "/a\nb",
                        "./a",
                        "/" + "x".repeat(4094),
                        "/" + "x".repeat(4095),
                        "/" + "ä".repeat(2047),
                        "/" + "ä".repeat(2048)));
        VALUES.put(
                "stopGracePeriod",
                Arrays.asList(
                        Duration.ZERO,
                        Duration.ofDays(36_500),
                        Duration.ofDays(36_500).plusNanos(1),
                        Duration.ofMillis(1)));
        VALUES.put(
                "timeout",
                Arrays.asList(
                        null,
                        Duration.ZERO,
                        Duration.ofNanos(1),
                        Duration.ofDays(36_500),
                        Duration.ofDays(36_500).plusNanos(1)));
    }

    private static List<@Nullable Object> maps() {
        long highest = 4_294_967_294L;
        IdRange one = new IdRange(0, 0, 1);
        return Arrays.asList(
                null,
                IdMap.Keyword.AUTO,
                new IdMap.Ranges(List.of()),
                new IdMap.Ranges(Collections.nCopies(340, one)),
                new IdMap.Ranges(Collections.nCopies(341, one)),
                new IdMap.Ranges(List.of(one, new IdRange(-1, 0, 1))),
                new IdMap.Ranges(List.of(new IdRange(highest, highest, 1))),
                new IdMap.Ranges(List.of(new IdRange(highest + 1, 0, 1))),
                new IdMap.Ranges(List.of(new IdRange(0, -1, 1))),
                new IdMap.Ranges(List.of(new IdRange(0, highest + 1, 1))),
                new IdMap.Ranges(List.of(new IdRange(0, 0, 0))),
                new IdMap.Ranges(List.of(new IdRange(0, 0, highest + 1))),
                new IdMap.Ranges(List.of(new IdRange(0, 0, highest + 2))));
    }

    static Stream<Arguments> values() {
        return VALUES.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(value -> Arguments.of(entry.getKey(), value)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void itSaysWhatTheValidatorSays(String component, @Nullable Object value) {
        SandboxSpec spec = specWith(component, value);

        assertThat(QuickCheck.passes(spec)).isEqualTo(SpecValidator.accepts(spec));
    }

    @Test
    void theValuesIncludeGoodAndBadOnesOfEachComponent() {
        VALUES.forEach((component, values) -> assertThat(
                        values.stream().map(value -> QuickCheck.passes(specWith(component, value))))
                .as(component)
                .contains(true, false));
    }

    @Test
    void noConstrainedComponentIsLeftOut() {
        Set<String> constrained = new TreeSet<>();
        for (Field field : SandboxSpec.class.getDeclaredFields()) {
            if (Arrays.stream(field.getAnnotations()).anyMatch(QuickCheckTest::isConstraint)) {
                constrained.add(field.getName());
            }
        }

        assertThat(constrained).isEqualTo(VALUES.keySet());
    }

    private static boolean isConstraint(Annotation annotation) {
        return annotation instanceof Valid || annotation.annotationType().isAnnotationPresent(Constraint.class);
    }

    private static SandboxSpec specWith(String component, @Nullable Object value) {
        return new SandboxSpec(
                component.equals("version") ? (Integer) value : 1,
                component.equals("name") ? (String) value : "box",
                null,
                Set.of(),
                Map.of(),
                component.equals("hostname") ? (String) value : null,
                component.equals("domainname") ? (String) value : null,
                false,
                Propagation.PRIVATE,
                component.equals("uidMap") ? (IdMap) value : null,
                component.equals("gidMap") ? (IdMap) value : null,
                NetworkMode.LOOPBACK,
                List.of(),
                InheritEnv.DEFAULT,
                component.equals("workingDir") ? (String) value : null,
                List.of("true"),
                true,
                Signal.TERM,
                component.equals("stopGracePeriod") ? (Duration) value : Duration.ofSeconds(10),
                component.equals("timeout") ? (Duration) value : null,
                FileSystem.CALLERS,
                Confinement.DEFAULT,
                Session.DEFAULT,
                null);
    }
}
