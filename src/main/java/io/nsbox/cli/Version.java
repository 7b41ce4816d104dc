package io.nsbox.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of nsbox, as the build wrote it down. */
public final class Version implements IVersionProvider {
    /** The bare number, for example {@code 0.1.0}. */
    public static String number() {
        try (InputStream resource = Version.class.getResourceAsStream("version.txt")) {
            if (resource == null) {
                throw new IllegalStateException("version.txt is missing beside this class");
            }
            return new String(resource.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new IllegalStateException("version.txt cannot be read", e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"nsbox " + number()};
    }
}
