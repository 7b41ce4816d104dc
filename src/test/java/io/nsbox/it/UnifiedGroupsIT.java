package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Control groups of version 2, on a kernel of their own: as root, and as a user to whom a group is delegated. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnifiedGroupsIT {
    private static final String ROOT = "namespaces: [pid, mount, cgroup]\nmount_proc: true\n";
    private static final String USER = "namespaces: [user, pid, mount, cgroup]\nuid_map: root\nmount_proc: true\n";

    private static final String SCRIPT = """
            run() { echo "[$1]"; shift; "$@" 2>&1; echo "status $?"; }
            told() { echo "[report $1]"; cat /tmp/$1.json; rm -f /tmp/$1.json; }
            delegate() {
              mkdir -p /sys/fs/cgroup/user/shell
              echo "+memory +pids +cpu +cpuset" >/sys/fs/cgroup/cgroup.subtree_control
              echo "+memory +pids +cpu +cpuset" >/sys/fs/cgroup/user/cgroup.subtree_control
              for file in user user/cgroup.procs user/cgroup.subtree_control user/shell user/shell/cgroup.procs; do
                chown 1000:1000 /sys/fs/cgroup/$file
              done
            }
            mkdir /etc
            echo "root::0:0::/:/bin/sh" >/etc/passwd
            echo "user::1000:1000::/tmp:/bin/sh" >>/etc/passwd
            as_user() { sh -c 'echo $$ >/sys/fs/cgroup/user/shell/cgroup.procs; exec su user -c "$1"' sh "$1"; }

            echo "[kernel]"; uname -r
            run plain ./plain; told plain
            run hog ./hog; told hog
            run bomb ./bomb; told bomb
            run spinner ./spinner; told spinner
            run refused ./refused; told refused
            run processors ./processors
            run below ./below
            ./long & launcher=$!
            while ! ls -d /sys/fs/cgroup/nsbox-long-* >/dev/null 2>&1; do sleep 0.1; done
            while ! [ -e /tmp/started ]; do sleep 0.1; done
            echo "[limits]"
            for file in memory.max memory.swap.max memory.low cpu.max cpu.weight cpuset.cpus pids.max; do
              echo "$file $(cat /sys/fs/cgroup/nsbox-long-*/$file 2>&1)"
            done
            kill -9 $launcher
            echo "[guard]"
            i=0; while ls -d /sys/fs/cgroup/nsbox-* 2>/dev/null && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done
            run undelegated su user -c ./mine
            rm -f /tmp/mine.json
            delegate
            run mine as_user ./mine; told mine
            run minehog as_user ./minehog; told minehog
            run nested as_user ./nested
            echo "[left]"
            find /sys/fs/cgroup -name 'nsbox-*'
            ls -a /tmp | grep report
            """;

    private Workshop workshop;
    private Map<String, String> said;

    private static String report(String name) {
        return "report: /tmp/" + name + ".json\n";
    }

    @BeforeAll
    void runTheMachine() {
        workshop = Workshop.open(Identity.ROOT);
        said = VirtualMachine.in(workshop)
                .with(
                        "plain",
                        ROOT + "mem_limit: 64m\npids_limit: 20\n" + report("plain")
                                + "command: [sh, -c, 'cat /proc/self/cgroup; exit 7']\n")
                .with("hog", ROOT + "mem_limit: 32m\n" + report("hog") + "command: [tail, /dev/zero]\n")
                .with(
                        "bomb",
                        ROOT + "pids_limit: 20\nmem_limit: 128m\ntimeout: 3s\nstop_grace_period: 0s\n" + report("bomb")
                                + "command: [sh, -c, 'bomb() { bomb & bomb & wait; sleep 60; };"
                                + " while :; do (bomb) 2>/dev/null; done']\n")
                .with(
                        "spinner",
                        ROOT + "cpus: 0.1\ntimeout: 3s\nstop_grace_period: 0s\n" + report("spinner")
                                + "command: [sh, -c, 'while :; do :; done']\n")
                .with(
                        "refused",
                        ROOT + "mem_limit: 64m\n" + report("refused") + "working_dir: /nowhere\ncommand: [id]\n")
                .with("processors", ROOT + "cpuset: 0-7\ncommand: [id]\n")
                .with("below", ROOT + "mem_limit: 64m\ncgroup_parent: nowhere\ncommand: [id]\n")
                .with(
                        "long",
                        ROOT + "mem_limit: 64m\nmemswap_limit: 96m\nmem_reservation: 16m\ncpus: 1.5\ncpu_weight: 50\n"
                                + "cpuset: 1\npids_limit: 20\ncommand: [sh, -c, '>/tmp/started; exec sleep 300']\n")
                .with(
                        "mine",
                        USER + "mem_limit: 64m\npids_limit: 20\ncpus: 0.5\n" + report("mine")
                                + "command: [sh, -c, 'cat /proc/self/cgroup; id -u']\n")
                .with("minehog", USER + "mem_limit: 32m\n" + report("minehog") + "command: [tail, /dev/zero]\n")
                .with(
                        "nested",
                        USER + "mem_limit: 64m\nmounts: [{type: cgroup, target: /sys/fs/cgroup}]\n"
                                + "command: [sh, -c, 'mkdir -p /sys/fs/cgroup/a/b && ls -d /sys/fs/cgroup/a/b']\n")
                .run(SCRIPT);
    }

    @AfterAll
    void close() {
        if (workshop != null) {
            workshop.close();
        }
    }

    private Report told(String name) {
        return Report.of(said.get("report " + name));
    }

    @Test
    void theGroupIsTheRootOfItsNamespaceAndIsReported() {
        assertThat(said.get("plain")).isEqualTo("0::/\nstatus 7\n");
        assertThat(told("plain").reason()).isEqualTo("exited");
        assertThat(told("plain").get("peak_memory_source").asString()).isEqualTo("cgroup");
        assertThat(told("plain").get("pids_peak").asInt()).isBetween(1, 20);
    }

    @Test
    void aMemoryHogIsEndedForWantOfMemory() {
        assertThat(said.get("hog")).isEqualTo("status 137\n");
        assertThat(told("hog").reason()).isEqualTo("oom");
        assertThat(told("hog").get("oom_kills").asInt()).isEqualTo(1);
        assertThat(told("hog").get("peak_memory").asLong()).isBetween(30L << 20, 32L << 20);
    }

    @Test
    void aForkBombStaysSmallUntilItsTimeIsOver() {
        assertThat(said.get("bomb")).endsWith("status 124\n");
        assertThat(told("bomb").reason()).isEqualTo("timeout");
        assertThat(told("bomb").get("pids_peak").asInt()).isEqualTo(20);
        assertThat(told("bomb").get("pids_refused").asInt()).isPositive();
    }

    @Test
    void aSpinnerGetsItsShareAndItsTime() {
        assertThat(said.get("spinner")).isEqualTo("status 124\n");
        assertThat(told("spinner").reason()).isEqualTo("timeout");
        assertThat(told("spinner").number("user_time") + told("spinner").number("system_time"))
                .isBetween(0.05, 0.9);
    }

    @Test
    void aRefusedStepIsReportedAndLeavesNoGroup() {
        assertThat(said.get("refused"))
                .contains("refused: change to /nowhere: ENOENT")
                .endsWith("status 125\n");
        assertThat(told("refused").reason()).isEqualTo("setup");
        assertThat(said.get("left")).isEmpty();
    }

    @Test
    void everyLimitIsInItsFile() {
        assertThat(said.get("limits").lines().map(line -> line.replaceFirst("memory.swap.max cat: .*", "no swap")))
                .contains(
                        "memory.max 67108864",
                        "memory.swap.max 33554432",
                        "memory.low 16777216",
                        "cpu.max 150000 100000",
                        "cpu.weight 50",
                        "cpuset.cpus 1",
                        "pids.max 20");
    }

    @Test
    void aKilledLauncherLeavesTheGroupToItsGuard() {
        assertThat(said.get("left")).isEmpty();
        assertThat(said.get("guard").lines().count()).isLessThan(50);
    }

    @Test
    void processorsThatAreNotThereAreRefused() {
        assertThat(said.get("processors"))
                .contains("refused: keep to the processors 0-7: ERANGE (Numerical result out of range)\n")
                .contains("= help: this machine does not have all of these processors")
                .endsWith("status 125\n");
    }

    @Test
    void aMissingParentIsNamed() {
        assertThat(said.get("below"))
                .contains("refused: make a control group with the controller memory: ENOENT")
                .contains("`cgroup_parent` must exist")
                .endsWith("status 125\n");
    }

    @Test
    void withoutDelegationTheControllerIsNamed() {
        assertThat(said.get("undelegated"))
                .contains("refused: make a control group with the controller memory: EACCES (Permission denied)\n")
                .contains("the controller memory is not delegated to the caller here")
                .endsWith("status 125\n");
    }

    @Test
    void aUserLimitsWhatIsDelegated() {
        assertThat(said.get("mine")).isEqualTo("0::/\n0\nstatus 0\n");
        assertThat(told("mine").reason()).isEqualTo("exited");
        assertThat(said.get("minehog")).isEqualTo("status 137\n");
        assertThat(told("minehog").reason()).isEqualTo("oom");
    }

    @Test
    void groupsThatWereMadeInsideAreRemovedToo() {
        assertThat(said.get("nested")).isEqualTo("/sys/fs/cgroup/a/b\nstatus 0\n");
        assertThat(said.get("left")).isEmpty();
    }
}
