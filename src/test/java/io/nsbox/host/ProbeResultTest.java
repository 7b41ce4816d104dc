package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeResultTest {

    @Test
    void statusZeroWorksWhateverWasWritten() {
        assertThat(ProbeResult.of(0, "nsbox: warning: x\n")).isEqualTo(new ProbeResult(true, "", List.of()));
    }

    @Test
    void aRefusedStepGivesItsMessageAndItsHelp() {
        assertThat(ProbeResult.of(125, """
                        nsbox: error: step 9 of 14 refused: mount a new procfs on /proc: EPERM (Operation not permitted)
                          --> probe.yaml:2:1
                           |
                         2 | mount_proc: true
                           | ^^^^^^^^^^
                           = help: run `nsbox doctor`
                        """))
                .isEqualTo(new ProbeResult(
                        false,
                        "step 9 of 14 refused: mount a new procfs on /proc: EPERM (Operation not permitted)",
                        List.of("run `nsbox doctor`")));
    }

    @Test
    void withoutAnErrorLineTheFirstLineOrTheStatusTells() {
        assertThat(ProbeResult.of(1, "\nsh: not found\nmore\n").message()).isEqualTo("sh: not found");
        assertThat(ProbeResult.of(137, "").message()).isEqualTo("the command ended with status 137");
    }
}
