package io.nsbox.host;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of running a {@link ProbeSpec}.
 *
 * @param works whether the command ran and ended with status 0
 * @param message the error in one line, without {@code nsbox: error:}; empty where it works
 * @param help the help lines that came with it
 */
public record ProbeResult(boolean works, String message, List<String> help) {

    private static final String ERROR = "nsbox: error: ";

    private static final String HELP = "= help: ";

    public ProbeResult {
        help = List.copyOf(help);
    }

    /**
     * Makes a result of what {@code nsbox up} left.
     *
     * @param status its exit status
     * @param standardError all it wrote to standard error
     */
    public static ProbeResult of(int status, String standardError) {
        if (status == 0) {
            return new ProbeResult(true, "", List.of());
        }
        List<String> lines = standardError
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        String message = lines.stream()
                .filter(line -> line.startsWith(ERROR))
                .findFirst()
                .map(line -> line.substring(ERROR.length()))
                .orElse(lines.isEmpty() ? "the command ended with status " + status : lines.get(0));
        List<String> help = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(HELP)) {
                help.add(line.substring(HELP.length()));
            }
        }
        return new ProbeResult(false, message, help);
    }
}
