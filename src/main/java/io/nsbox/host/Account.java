package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/**
 * A line of {@code /etc/passwd} (passwd(5)); other account databases (NSS) are not asked.
 *
 * @param name the login name
 * @param uid user id
 * @param home the home folder, as written
 */
public record Account(String name, long uid, String home) {

    /** Where accounts come from. */
    public static final String SOURCE = "/etc/passwd";

    private static final int FIELDS = 7;

    /** The first account with this uid, as getpwuid(3) finds it; lines that are not accounts are passed over. */
    public static Reading<Optional<Account>> lookUp(HostTree tree, long uid) {
        Optional<HostFile> file = tree.read(SOURCE);
        return file.isPresent()
                ? new Reading<>(first(file.get().lines(), uid), List.of(file.get()))
                : new Reading<>(Optional.empty(), List.of());
    }

    private static Optional<Account> first(List<String> lines, long uid) {
        String wanted = Long.toString(uid);
        for (String line : lines) {
            String[] fields = line.split(":", -1);
            boolean account = fields.length == FIELDS
                    && !fields[0].isEmpty()
                    && !fields[0].startsWith("#")
                    && !fields[0].startsWith("+")
                    && !fields[0].startsWith("-");
            if (account && fields[2].equals(wanted)) {
                return Optional.of(new Account(fields[0], uid, fields[5]));
            }
        }
        return Optional.empty();
    }
}
