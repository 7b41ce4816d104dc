package io.nsbox.text;

import io.nsbox.seccomp.Profile;
import io.nsbox.spec.Confinement;
import io.nsbox.spec.Key;
import org.jspecify.annotations.Nullable;

/** Reads the keys that make a {@link Confinement}. */
final class ConfinementReader {
    private final Binding binding;
    private @Nullable Integer umask;
    private @Nullable Profile seccomp;

    ConfinementReader(Binding binding) {
        this.binding = binding;
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case UMASK -> binding.text(node, path).ifPresent(v -> umask = Integer.parseInt(v, 8));
            case SECCOMP ->
                seccomp = new SeccompReader(binding).read(node, path).orElse(null);
            default -> {
                return false;
            }
        }
        return true;
    }

    Confinement confinement() {
        return new Confinement(umask, seccomp);
    }
}
