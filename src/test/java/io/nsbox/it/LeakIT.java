package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand runs in a row leave nothing. */
class LeakIT {
    private static final int SHELLS = 2;
    private static final int RUNS_A_SHELL = 5_000;

    /** Runs launchers one after the other; prints how many files the shell itself has open, before and after. */
    private static final String LOOP = """
            open() { set -- /proc/$$/fd/*; count=$#; }
            open
            before=$count
            run=0
            while [ "$run" -lt %d ]; do
                "$1" || exit 1
                run=$((run + 1))
            done
            open
            echo "$before $count"
            """.formatted(RUNS_A_SHELL);

    @ParameterizedTest
    @EnumSource
    void tenThousandRunsLeaveNoProcessMountCgroupOrFile(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", """
                    namespaces: [user, mount, pid, ipc, uts, network]
                    uid_map: root
                    mount_proc: true
                    hostname: box
                    command: [/bin/true]
                    """);
            Leftovers before = Leftovers.now(workshop.folder());

            Running[] shells = new Running[SHELLS];
            for (int i = 0; i < SHELLS; i++) {
                shells[i] = workshop.start("sh", "-c", LOOP, "sh", launcher);
            }
            for (Running shell : shells) {
                Running.Result result = shell.finish();
                assertThat(result.status()).isZero();
                String[] open = result.out().strip().split(" ");
                assertThat(open[1]).isEqualTo(open[0]);
            }

            Leftovers.assertNoProcess(workshop.mark(), "10,000 runs");
            assertThat(Leftovers.now(workshop.folder())).isEqualTo(before);
        }
    }
}
