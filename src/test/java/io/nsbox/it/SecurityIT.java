package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks that other runtimes fell to, and that no other test of this package runs; docs/security.md has the whole list. */
class SecurityIT {
    private static final String BOX = "namespaces: [user, mount, pid, ipc, uts, network, cgroup]\nuid_map: root\n";

    private static Running.Result result(int status, String out) {
        return new Running.Result(status, out, "");
    }

    /** CVE-2019-5736: a runtime that is executed, or written to, by what it runs. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandCannotReachItsLauncherByProc(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    BOX + "mount_proc: true\ncommand:\n  - sh\n  - -c\n  - |\n"
                            + "    readlink /proc/1/exe; for exe in /proc/[0-9]*/exe; do\n"
                            + "      case $(readlink $exe) in *box) echo launcher in $exe;; esac; done\n");
            byte[] before = Files.readAllBytes(launcher);
            Running.Result seen = workshop.run(launcher);
            assertThat(seen.status()).isZero();
            assertThat(seen.out()).contains("sh\n").doesNotContain("launcher");
            Path again = workshop.script("again", "#!/proc/self/exe\n");
            Path exec = workshop.launcher("exec", BOX + "mount_proc: true\ncommand: [\"" + again + "\"]\n");
            byte[] own = Files.readAllBytes(exec);
            // The kernel runs the launcher once more, inside: it takes no arguments there either.
            assertThat(workshop.run(exec))
                    .isEqualTo(new Running.Result(125, "", "nsbox: error: this launcher takes no arguments\n"));
            assertThat(Files.readAllBytes(exec)).isEqualTo(own);
            assertThat(Files.readAllBytes(launcher)).isEqualTo(before);
        }
    }

    /** CVE-2024-21626: a working directory behind a descriptor that the caller left open. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aDescriptorThatTheCallerLeftOpenIsNoWayOut(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path root = BusyboxRoot.in(workshop, "root");
            for (int number = 3; number <= 20; number++) {
                Path launcher = workshop.launcher(
                        "box",
                        "namespaces: [user, mount, pid]\nuid_map: root\nmount_proc: true\nrootfs: " + root
                                + "\nworking_dir: /proc/self/fd/" + number + "\ncommand: [pwd]\n");
                Running.Result tried = workshop.run("sh", "-c", "exec 7</ 9</; exec \"$0\"", launcher);
                // The launcher has closed the caller's; its own may be the new root or lie on its /dev, and lead
                // nowhere else.
                if (tried.status() != 0) {
                    assertThat(tried.status()).isEqualTo(125);
                    assertThat(tried.out()).isEmpty();
                    assertThat(tried.err()).contains("working_dir: /proc/self/fd/" + number);
                } else {
                    assertThat(tried.out()).matches("/(dev(/[a-z]+)?)?\n");
                }
            }
        }
    }

    /** CVE-2022-0492: release_agent of a control group that can be mounted inside; each of the defences alone. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void noControlGroupCanBeMountedUnderTheDefaultProfile(Identity identity) {
        String none = "    unshare -UrmC true 2>/dev/null || echo no namespaces\n";
        String mounts = "    mount -t cgroup -o memory none /mnt 2>/dev/null || echo no mount\n"
                + "    mount -t cgroup2 none /mnt 2>/dev/null || echo no mount\n";
        String box = BOX.replace("root", "keep-id");
        String shell = "command:\n  - sh\n  - -c\n  - |\n";
        try (Workshop workshop = Workshop.open(identity)) {
            for (String keys : new String[] {"seccomp: default\n", "cap_drop: [ALL]\nseccomp: default\n"}) {
                assertThat(workshop.run(workshop.launcher("box", box + keys + shell + none + mounts)))
                        .as(keys)
                        .isEqualTo(result(0, "no namespaces\nno mount\nno mount\n"));
            }
            assertThat(workshop.run(workshop.launcher("drop", box + "cap_drop: [ALL]\n" + shell + mounts)))
                    .isEqualTo(result(0, "no mount\nno mount\n"));
            Running.Result groups = workshop.run(
                    "sh",
                    "-c",
                    "readlink /proc/self/ns/cgroup; exec "
                            + workshop.launcher("own", box + "command: [readlink, /proc/self/ns/cgroup]\n"));
            assertThat(groups.out().lines().distinct()).hasSize(2);
        }
    }

    /** CVE-2020-15257: abstract sockets belong to a network namespace, not to a mount namespace. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void anAbstractSocketOutsideCannotBeReached(Identity identity) {
        Requirements.requireProgram("perl");
        String name = "nsbox-" + ProcessHandle.current().pid() + "-" + identity;
        String connect = "use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); print connect(S, pack_sockaddr_un(qq(\\\\0"
                + name + "))) ? qq(open\\\\n) : qq(refused\\\\n)";
        try (Workshop workshop = Workshop.open(identity)) {
            Running listening = workshop.start(
                            "perl",
                            "-e",
                            "$| = 1; use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un(qq(\\0"
                                    + name + "))) or die; listen(S, 9); print qq(ready\\n); sleep 60")
                    .says("ready");
            String command = "command: [perl, -e, \"" + connect + "\"]\n";
            assertThat(workshop.run(workshop.launcher("shared", "namespaces: [user]\n" + command)))
                    .isEqualTo(result(0, "open\n"));
            assertThat(workshop.run(workshop.launcher("own", "namespaces: [user, network]\n" + command)))
                    .isEqualTo(result(0, "refused\n"));
            listening.signal("TERM").finish();
        }
    }

    /** CVE-2019-14271: a runtime that loads libraries of the root file system it has entered. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void nothingOfTheRootIsOpenedBeforeTheCommand(Identity identity) throws IOException {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Path root = BusyboxRoot.in(workshop, "root");
            Path file = workshop.file(
                    "box.yaml", BOX + "mount_proc: true\nrootfs: " + root + "\nuser: \"0:0\"\ncommand: [\"true\"]\n");
            Path launcher = workshop.build(file, "box");
            Path log = workshop.file("log", "");
            assertThat(workshop.run("strace", "-f", "-o", log, launcher)).isEqualTo(result(0, ""));
            List<String> inside = new ArrayList<>();
            boolean entered = false;
            // Not by what is opened: once it is undumpable its memory is shown to root alone.
            for (String line : Files.readAllLines(log)) {
                if (line.contains("execve(") && entered) {
                    break;
                }
                entered |= line.contains("pivot_root(");
                if (entered) {
                    inside.add(line);
                }
            }
            assertThat(inside)
                    .isNotEmpty()
                    .noneMatch(line -> line.matches("\\d+ +(open|openat|mmap|readlink|connect)\\(.*"));
        }
    }

    /** Mounts that stay, or that show outside, also when the launcher is killed; the caller's mounts share with each other. */
    @Test
    void theHostsMountsAreTheSameBeforeDuringAndAfter() throws IOException {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path root = BusyboxRoot.in(workshop, "root");
            String head = "namespaces: [mount, pid]\nmount_proc: true\n";
            String mounts = "tmpfs: [/mnt]\nmounts:\n  - /usr:/mnt/usr:ro\n";
            String command = "command: [busybox, sh, -c, \"echo ready; sleep 300\"]\n";
            for (String keys :
                    List.of("", mounts, "rootfs: " + root + "\n" + mounts, "propagation: shared\n" + mounts)) {
                Path launcher = workshop.launcher("box", head + keys + command);
                Running running = workshop.start(
                        "unshare",
                        "-m",
                        "--propagation",
                        "shared",
                        "sh",
                        "-ec",
                        "cat /proc/self/mountinfo >before; \"$1\" >said & until grep -q ready said; do sleep 0.02; done;"
                                + " cat /proc/self/mountinfo >during; { kill -KILL $!; wait $!; } 2>/dev/null || true;"
                                + " cat /proc/self/mountinfo >after; echo done",
                        "sh",
                        launcher);
                assertThat(running.finish()).as(keys).isEqualTo(result(0, "done\n"));
                Leftovers.assertNoProcess(workshop.mark(), "SIGKILL");
                String before = Files.readString(workshop.folder().resolve("before"));
                assertThat(before).contains(" shared:");
                assertThat(workshop.folder().resolve("during")).as(keys).hasContent(before);
                assertThat(workshop.folder().resolve("after")).as(keys).hasContent(before);
            }
        }
    }
}
