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
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The text is this long in UTF-8: the kernel's limits count bytes, not characters. */
@Documented
@Constraint(validatedBy = ByteLength.Validator.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ByteLength {
    /** The fewest bytes. */
    int min() default 0;

    /** The most bytes. */
    int max();

    /** Unused: the reader writes the message, since it knows the key. */
    String message() default "";

    /** Required of every constraint (Jakarta Validation 3.1, section 3.1). */
    Class<?>[] groups() default {};

    /** Required of every constraint (Jakarta Validation 3.1, section 3.1). */
    Class<? extends Payload>[] payload() default {};

    /** Counts the bytes. */
    final class Validator implements ConstraintValidator<ByteLength, String> {
        private int min;
        private int max;

        @Override
        public void initialize(ByteLength constraint) {
            min = constraint.min();
            max = constraint.max();
        }

        @Override
        public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
            if (value == null) {
                return true;
            }
            int length = value.getBytes(StandardCharsets.UTF_8).length;
            return min <= length && length <= max;
        }
    }
}
