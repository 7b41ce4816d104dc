package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Commands that are run in a sandbox whose limits are of control groups of version 2, on a kernel of their own.
 *
 * <p>There is no Java in that machine, so the launchers are compiled before: the sandbox gets the pid that they expect, and
 * the numbers of its namespaces are written into them there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecInUnifiedGroupsIT {
    private static final String ROOT = "namespaces: [pid, mount, cgroup]\nmount_proc: true\n";
    private static final String USER = "namespaces: [user, pid, mount, cgroup]\nuid_map: root\nmount_proc: true\n";
    private static final String LASTS =
            "mem_limit: 32m\npids_limit: 12\ncommand: [sh, -c, 'echo >/started; exec sleep 300']\n";

    private static final String SCRIPT = """
            run() { echo "[$1]"; shift; "$@" 2>&1; echo "status $?"; }
            mkdir /etc
            echo "root::0:0::/:/bin/sh" >/etc/passwd
            echo "user::1000:1000::/tmp:/bin/sh" >>/etc/passwd
            mkdir -p /sys/fs/cgroup/user/shell
            echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
            echo "+memory +pids" >/sys/fs/cgroup/user/cgroup.subtree_control
            for file in user user/cgroup.procs user/cgroup.subtree_control user/shell user/shell/cgroup.procs; do
              chown 1000:1000 /sys/fs/cgroup/$file
            done
            as_user() { sh -c 'echo $$ >/sys/fs/cgroup/user/shell/cgroup.procs; exec su user -c "exec $1"' sh "$1"; }
            patch() {
              number=$3; text=; for i in 1 2 3 4 5 6 7 8; do
                text="$text\\\\$(printf %03o $((number & 255)))"; number=$((number >> 8))
              done
              printf "$text" | dd of=$1 bs=1 seek=$2 conv=notrunc 2>/dev/null
            }
            mkfifo /started; chmod 666 /started; exec 3<>/started
            mkfifo /started; chmod 666 /started; exec 3<>/started
            # The launcher gets a pid that is wanted, and its sandbox the next, unless a thread of the kernel has taken one.
            start() {
              for pid in PIDS; do
                echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
                sh /tmp/start & launcher=$!
                read -t 20 line <&3
                grep -q "^PPid:.$pid$" /proc/$((pid + 1))/status && return
                kill -9 $launcher
              done
              echo "it has another pid each time"
            }
            echo 'exec ./pool' >/tmp/start
            start
            group=/sys/fs/cgroup/nsbox-pool-$pid
            ENTER_POOL
            run plain ./plain$pid
            ./stays$pid & stays=$!
            echo "[members]"
            i=0; while [ $(wc -l <$group/cgroup.procs) -ne 2 ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
            wc -l <$group/cgroup.procs
            kill $stays
            run hog ./hog$pid
            mount -o remount,nsdelegate /sys/fs/cgroup
            run delegated ./plain$pid
            run bomb ./bomb$pid
            echo "[group]"
            grep -c "^0::/nsbox-pool-$pid$" /proc/$((pid + 1))/cgroup
            grep oom_kill $group/memory.events | head -n 1
            grep max $group/pids.events
            echo $((pid + 1)) >/sys/fs/cgroup/cgroup.procs
            run taken ./plain$pid
            echo "[end of pool]"
            kill -9 $pid
            echo 'echo $$ >/sys/fs/cgroup/user/shell/cgroup.procs; exec su user -c "exec ./mine"' >/tmp/start
            start
            ENTER_MINE
            run myplain as_user ./myplain$pid
            run myhog as_user ./myhog$pid
            run elsewhere su user -c ./myplain$pid
            echo "[end of mine]"
            kill -9 $pid
            i=0; while ls -d /sys/fs/cgroup/nsbox-* /sys/fs/cgroup/user/nsbox-* 2>/dev/null && [ $i -lt 100 ]; do
              sleep 0.1; i=$((i+1))
            done
            echo "[left]"
            ls -d /sys/fs/cgroup/nsbox-* /sys/fs/cgroup/user/nsbox-* 2>/dev/null
            """;

    private static final List<Long> PIDS = List.of(7000L, 7100L, 7200L, 7300L);

    private Workshop workshop;
    private Map<String, String> said;

    @BeforeAll
    void runTheMachine() {
        workshop = Workshop.open(Identity.ROOT);
        VirtualMachine machine =
                VirtualMachine.in(workshop).with("pool", ROOT + LASTS).with("mine", USER + LASTS);
        String[] look = {"sh", "-c", "cat /proc/self/cgroup; echo $((1 + 1))"};
        String[] hog = {"tail", "/dev/zero"};
        StringBuilder pool = new StringBuilder();
        StringBuilder mine = new StringBuilder();
        for (long pid : PIDS) {
            enter(machine, pool, "pool", pid, "plain", look);
            enter(machine, pool, "pool", pid, "stays", "sleep", "300");
            enter(machine, pool, "pool", pid, "hog", hog);
            enter(machine, pool, "pool", pid, "bomb", "sh", "-c", "for i in $(seq 12); do sleep 300 & done");
            enter(machine, mine, "mine", pid, "myplain", look);
            enter(machine, mine, "mine", pid, "myhog", hog);
        }
        String pids = PIDS.stream().map(Object::toString).collect(Collectors.joining(" "));
        said = machine.run(
                SCRIPT.replace("PIDS", pids).replace("ENTER_POOL", pool).replace("ENTER_MINE", mine));
    }

    private void enter(
            VirtualMachine machine, StringBuilder script, String box, long launcher, String name, String... words) {
        Path spec = workshop.folder().resolve(box + ".yaml");
        EntryImage image = EntryImage.compile(workshop, name + launcher, spec, launcher + 1, launcher, words);
        machine.with("box/" + name + launcher, image.file());
        script.append("if [ $pid = ")
                .append(launcher)
                .append(" ]; then\n")
                .append(image.patches())
                .append("fi\n");
    }

    @AfterAll
    void close() {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void theCommandIsInTheSandboxsGroupFromTheStart() {
        assertThat(said.get("plain")).isEqualTo("0::/\n2\nstatus 0\n");
        assertThat(said.get("members")).isEqualTo("2\n");
        assertThat(said.get("hog")).isEqualTo("status 137\n");
        assertThat(said.get("bomb")).contains("can't fork").endsWith("status 2\n");
        assertThat(said.get("group")).isEqualTo("1\noom_kill 1\nmax 1\n");
    }

    /** As systemd mounts it. */
    @Test
    void namespacesThatDelegateTheirGroupAreEntered() {
        assertThat(said.get("delegated")).isEqualTo("0::/\n2\nstatus 0\n");
    }

    @Test
    void aSandboxThatWasTakenOutOfItsGroupIsNotEntered() {
        assertThat(said.get("taken"))
                .contains("refused: join the control groups of the sandbox: ENOENT (No such file or directory)\n")
                .contains("= help: somebody has taken the sandbox out of the control group that limits it")
                .endsWith("status 125\n");
    }

    @Test
    void aUserEntersWhereTheGroupIsDelegatedAndOnlyThere() {
        assertThat(said.get("myplain")).isEqualTo("0::/\n2\nstatus 0\n");
        assertThat(said.get("myhog")).isEqualTo("status 137\n");
        assertThat(said.get("elsewhere"))
                .contains("refused: join the control groups of the sandbox: EACCES (Permission denied)\n")
                .contains("= help: the caller may not move a process into the sandbox's control group from its own")
                .endsWith("status 125\n");
    }

    @Test
    void nothingIsLeft() {
        assertThat(said.get("left")).isEmpty();
    }
}
