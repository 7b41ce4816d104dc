package io.nsbox.spec;

import java.util.Locale;

/** What {@code /dev} is inside. */
public enum Dev {
    /** A new one, with the devices that nearly every program wants and no other. */
    MINIMAL,
    /** The host's. */
    HOST,
    /** Whatever the root has there. */
    NONE;

    /** The word that a spec uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
