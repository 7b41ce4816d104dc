package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void everyHintIsOneShortAsciiLine(Refusal refusal) {
        List<String> hints = new ArrayList<>(refusal.otherwise().stream().toList());
        for (String errno : refusal.errnos()) {
            hints.add(refusal.hint(errno).orElseThrow());
        }
        assertThat(hints).allSatisfy(hint -> {
            assertThat(hint).matches("[ -~]+").doesNotEndWith(".");
            assertThat(hint.getBytes(StandardCharsets.UTF_8).length).isLessThan(Refusal.LONGEST);
        });
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void everyErrnoIsAName(Refusal refusal) {
        assertThat(refusal.errnos())
                .allMatch(errno -> errno.matches("E[A-Z0-9]+"))
                .contains("ENOSYS", "ENOMEM");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CLONE_WITHOUT_USER | EPERM | the caller may not make these namespaces: list `user` too, or run as root",
                "CLONE_WITH_USER | ENOSPC | a limit user.max_*_namespaces is reached, or user namespaces are nested too"
                        + " deep; run `nsbox doctor`",
                "CLONE_WITH_USER | EINVAL | this kernel was built without one of the listed namespaces; run"
                        + " `nsbox doctor`",
                "WRITE_UID_MAP | EACCES | AppArmor (kernel.apparmor_restrict_unprivileged_userns) or a missing"
                        + " CAP_SETUID forbids this map; run `nsbox doctor`",
                "WRITE_GID_MAP | EINVAL | the lines overlap, or name a gid that the caller's own user namespace does"
                        + " not have",
                "MOUNT_PROC_WITH_USER | EPERM | inside a container whose own /proc is masked the kernel refuses this;"
                        + " run `nsbox doctor`",
                "OTHER | EMFILE | the caller's limit of open files is reached (ulimit -n)"
            })
    void aHintIsExactlyThis(Refusal refusal, String errno, String hint) {
        assertThat(refusal.hint(errno)).contains(hint);
    }

    @Test
    void anErrnoNobodyThoughtOfHasNoHint() {
        assertThat(Refusal.OTHER.hint("EPERM")).isEmpty();
        assertThat(Refusal.CHDIR.hint("EIO")).isEmpty();
        assertThat(Refusal.CHDIR.otherwise()).isEmpty();
    }

    @Test
    void aHelperThatFailsWithoutAnErrnoHasAHint() {
        String hint = "newuidmap refused the map: check the caller's range in /etc/subuid; run `nsbox doctor`";
        assertThat(Refusal.NEWUIDMAP.hint("")).contains(hint);
        assertThat(Refusal.NEWUIDMAP.otherwise()).contains(hint);
        assertThat(Refusal.NEWUIDMAP.errnos())
                .containsExactly("EACCES", "EMFILE", "ENFILE", "ENOENT", "ENOMEM", "ENOSYS");
    }
}
