package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalHintsTest {

    @ParameterizedTest
    @EnumSource(RefusalHints.class)
    void everyHintIsOneShortAsciiLine(RefusalHints refusal) {
        List<String> hints = new ArrayList<>(refusal.otherwise().stream().toList());
        for (String errno : refusal.errnos()) {
            hints.add(refusal.hint(errno).orElseThrow());
        }
        assertThat(hints).allSatisfy(hint -> {
            assertThat(hint).matches("[ -~]+").doesNotEndWith(".");
            assertThat(hint.getBytes(StandardCharsets.UTF_8).length).isLessThan(RefusalHints.LONGEST);
        });
    }

    @ParameterizedTest
    @EnumSource(RefusalHints.class)
    void everyErrnoIsAName(RefusalHints refusal) {
        assertThat(refusal.errnos())
                .allMatch(errno -> errno.matches("E[A-Z0-9]+"))
                .isNotEmpty();
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
                "WRITE_UID_MAP | EACCES | AppArmor (kernel.apparmor_restrict_unprivileged_userns) or missing"
                        + " capabilities forbid this map; run `nsbox doctor`",
                "WRITE_GID_MAP | EINVAL | the lines overlap, or name an id that the caller's own user namespace does"
                        + " not have",
                "MOUNT_PROC_WITH_USER | EPERM | inside a container whose own /proc is masked the kernel refuses this;"
                        + " run `nsbox doctor`",
                "SETHOSTNAME | EMFILE | the caller's limit of open files is reached (ulimit -n)"
            })
    void aHintIsExactlyThis(RefusalHints refusal, String errno, String hint) {
        assertThat(refusal.hint(errno)).contains(hint);
    }

    @Test
    void aTableOfItsOwnGoesBeforeTheGeneralOne() {
        assertThat(RefusalHints.FORK.hint("ENOMEM")).isEqualTo(RefusalHints.GENERAL.hint("ENOMEM"));
        assertThat(RefusalHints.CLONE_WITH_USER.hint("ENOMEM"))
                .contains("the kernel is short of memory, or the caller's pid namespace has lost its init");
        assertThat(RefusalHints.GENERAL.errnos()).containsExactly("EMFILE", "ENFILE", "ENOMEM", "ENOSYS");
    }

    @Test
    void anErrnoNobodyThoughtOfHasNoHint() {
        assertThat(RefusalHints.GENERAL.hint("EPERM")).isEmpty();
        assertThat(RefusalHints.CHDIR.hint("EIO")).isEmpty();
        assertThat(RefusalHints.CHDIR.otherwise()).isEmpty();
    }

    @Test
    void aHelperThatFailsWithoutAnErrnoHasAHint() {
        String hint = "newuidmap refused the map: check the caller's range in /etc/subuid; run `nsbox doctor`";
        assertThat(RefusalHints.NEWUIDMAP.hint("")).contains(hint);
        assertThat(RefusalHints.NEWUIDMAP.otherwise()).contains(hint);
        assertThat(RefusalHints.NEWUIDMAP.errnos()).containsExactly("EACCES", "ENOENT");
    }
}
