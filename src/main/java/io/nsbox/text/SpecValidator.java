package io.nsbox.text;

import io.nsbox.diag.Severity;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Signal;
import io.nsbox.text.YamlNode.Mapping;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;

/**
 * Checks the constraints on the spec's records, and says at which place of the file each violation stands.
 *
 * <p>There is one validator a process. Its boot takes longer than reading a spec, so {@link #warmUp()} lets it run beside.
 */
public final class SpecValidator {
    private SpecValidator() {}

    /** Made on first use; the class's initialisation lock makes the second thread wait for the first. */
    private static final class Holder {
        private static final Validator VALIDATOR;

        static {
            VALIDATOR = Validation.byProvider(HibernateValidator.class)
                    .configure()
                    .ignoreXmlConfiguration()
                    .messageInterpolator(new NoInterpolation())
                    .buildValidatorFactory()
                    .getValidator();
        }
    }

    /** The messages are {@link ConstraintMessages}: no bundle is loaded, and nothing in a spec's text is evaluated. */
    private static final class NoInterpolation implements MessageInterpolator {
        @Override
        public String interpolate(String template, Context context) {
            return template;
        }

        @Override
        public String interpolate(String template, Context context, Locale locale) {
            return template;
        }
    }

    /** Boots the validator on a thread of its own; a check that comes before it is ready waits. */
    public static void warmUp() {
        Thread thread = new Thread(() -> Holder.VALIDATOR.validate(sample()), "validator");
        thread.setDaemon(true);
        thread.start();
    }

    /** A spec in which every constraint has a value to look at: each makes its own validator on first use. */
    private static SandboxSpec sample() {
        IdMap ranges = new IdMap.Ranges(List.of(new IdRange(0, 0, 1)));
        return new SandboxSpec(
                1,
                "sample",
                null,
                Set.of(),
                "sample",
                "sample",
                false,
                Propagation.PRIVATE,
                IdMap.Keyword.ROOT,
                ranges,
                NetworkMode.LOOPBACK,
                List.of(),
                InheritEnv.DEFAULT,
                "/",
                List.of(),
                true,
                Signal.TERM,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }

    /** Reports each value that breaks a constraint, unless something about it was reported before. */
    static void check(SandboxSpec spec, Mapping root, Binding binding) {
        Set<ConstraintViolation<SandboxSpec>> violations = Holder.VALIDATOR.validate(spec);
        if (violations.isEmpty()) {
            return;
        }
        List<Violation> sorted = violations.stream()
                .map(Violation::of)
                .sorted(Comparator.comparing(Violation::path).thenComparing(Violation::constraint))
                .toList();
        Set<String> reported = new HashSet<>();
        for (Violation violation : sorted) {
            String path = violation.path();
            if (!binding.isFaulty(path) && reported.add(path)) {
                YamlNode node = NodePath.find(root, path);
                ConstraintMessages.Text text =
                        ConstraintMessages.of(violation, node instanceof YamlNode.Scalar scalar ? scalar.text() : "");
                binding.report(binding.problem(Severity.ERROR, text.code(), node, path, text.message())
                        .withHelp(text.help()));
            }
        }
    }
}
