package io.nsbox.spec;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text matches a regular expression as a whole.
 *
 * <p>In place of the standard Pattern constraint, whose validator in Hibernate Validator links code at run time: a cold
 * start pays tens of milliseconds for that.
 */
@Documented
@Constraint(validatedBy = Spelling.Validator.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Spelling {
    /** The regular expression. */
    String regexp();

    /** Unused: the reader writes the message, since it knows the key. */
    String message() default "";

    /** Required of every constraint (Jakarta Validation 3.1, section 3.1). */
    Class<?>[] groups() default {};

    /** Required of every constraint (Jakarta Validation 3.1, section 3.1). */
    Class<? extends Payload>[] payload() default {};

    /** Matches the text. */
    final class Validator implements ConstraintValidator<Spelling, String> {
        private @Nullable Pattern pattern;

        @Override
        public void initialize(Spelling constraint) {
            pattern = Pattern.compile(constraint.regexp());
        }

        @Override
        public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
            return value == null
                    || Objects.requireNonNull(pattern).matcher(value).matches();
        }
    }
}
