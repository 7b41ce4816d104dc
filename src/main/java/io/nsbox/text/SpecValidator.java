package io.nsbox.text;

import io.nsbox.diag.Severity;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.YamlNode.Mapping;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;

/**
 * Checks the constraints on the spec's records, and says at which place of the file each violation stands.
 *
 * <p>There is one validator a process, and it boots when the first spec does not pass the {@link QuickCheck}.
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

    /** Whether the validator finds nothing; slow the first time. */
    static boolean accepts(SandboxSpec spec) {
        return Holder.VALIDATOR.validate(spec).isEmpty();
    }

    /** Reports each value that breaks a constraint, unless something about it was reported before. */
    static void check(SandboxSpec spec, Mapping root, Binding binding) {
        if (QuickCheck.passes(spec)) {
            return;
        }
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
