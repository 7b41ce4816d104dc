package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sandbox within a sandbox. */
class NestedIT {
    private static final String SPEC = """
            namespaces: [user, mount, pid, ipc, uts, network]
            uid_map: root
            mount_proc: true
            hostname: %s
            no_new_privileges: false
            command: [%s]
            """;

    @ParameterizedTest
    @EnumSource
    void aLauncherRunsInsideTheSandboxOfAnother(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path inner =
                    workshop.launcher("inner", SPEC.formatted("inner", "sh, -c, \"hostname; echo $$; id -u; exit 7\""));
            Path outer =
                    workshop.launcher("outer", SPEC.formatted("outer", "sh, -c, \"" + inner + "; echo $?; hostname\""));

            Running.Result result = workshop.run(outer);

            assertThat(result.out()).isEqualTo("inner\n1\n0\n7\nouter\n");
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).isZero();
        }
    }
}
