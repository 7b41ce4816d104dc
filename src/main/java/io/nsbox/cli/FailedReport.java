package io.nsbox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The report of a run that came to nothing before there was a launcher to write one. */
final class FailedReport {
    private static final String TEXT = """
            {
              "version": 1,
              "name": null,
              "reason": "setup",
              "status": 125,
              "exit_code": null,
              "signal": null,
              "signal_name": null,
              "step": null,
              "start_time": null,
              "end_time": null,
              "wall_time": null,
              "user_time": null,
              "system_time": null,
              "peak_memory": null,
              "peak_memory_source": null,
              "minor_faults": null,
              "major_faults": null,
              "voluntary_switches": null,
              "involuntary_switches": null,
              "oom_kills": null,
              "pids_peak": null,
              "pids_refused": null
            }
            """;

    private FailedReport() {}

    /** Writes it as the launcher does: beside its name first, and never in the place of what is no regular file. */
    static void write(Path file, Console console) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IOException("it is no regular file");
            }
            Path folder = file.toAbsolutePath().getParent();
            Path temporary = Files.createTempFile(folder == null ? file : folder, ".nsbox-report-", null);
            try {
                Files.writeString(temporary, TEXT);
                Files.setPosixFilePermissions(
                        temporary, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            console.err().println("nsbox: error: the report " + file + " could not be written: " + e.getMessage());
        }
    }
}
