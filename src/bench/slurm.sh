#!/usr/bin/env bash
# Runs launchers as jobs of Slurm, on a cluster of this machine alone, and prints what was typed and what came of it.
#
#   src/bench/slurm.sh
#
# It needs root, a built nsbox (mvn package), util-linux, iproute2, and Debian's packages slurm-wlm and munge. Nothing of the
# machine's own is used or changed: the daemons, their configuration and their state are in a temporary folder, and run in
# mount, pid, network and UTS namespaces that end with this script. Their plugins for control groups are off.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/src/bench}
fail() { echo "slurm.sh: $*" >&2; exit 1; }

if [ "${1-}" != inside ]; then
  [ "$(id -u)" = 0 ] || fail "only root can run Slurm's daemons"
  for tool in slurmctld slurmd sbatch scancel scontrol munged; do
    command -v "$tool" >/dev/null || fail "$tool is not installed: apt install slurm-wlm munge"
  done
  command -v ip >/dev/null || fail "ip is not installed: apt install iproute2"
  [ -s "$root/target/nsbox.jar" ] || fail "build nsbox first: mvn package"
  work=$(mktemp -d /tmp/nsbox-slurm.XXXXXX)
  # munged wants folders that nobody else can write to, but its socket must be reached by all.
  chmod 755 "$work"
  trap 'rm -rf "$work" || { sleep 1 && rm -rf "$work"; }' EXIT
  NSBOX_SLURM=$work unshare --mount --pid --fork --kill-child --net --uts --mount-proc "${BASH_SOURCE[0]}" inside
  exit
fi

# Process 1 of its pid namespace: when it ends the kernel ends the daemons too, however that comes about.
work=$NSBOX_SLURM
cd "$work"
hostname node
ip link set lo up
# getaddrinfo(3) with AI_ADDRCONFIG finds nothing where 127.0.0.1 is all there is.
ip address add 192.0.2.1/32 dev lo
# Slurm looks its machines up by name; only in here is this one called so.
printf '127.0.0.1 localhost\n192.0.2.1 node\n' >hosts
mount --bind hosts /etc/hosts
mkdir state spool job
dd if=/dev/urandom of=munge.key bs=1024 count=1 status=none
chmod 400 munge.key
cat >slurm.conf <<END
ClusterName=loopback
SlurmctldHost=node(192.0.2.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SchedulerType=sched/builtin
KillWait=5
MinJobAge=300
NodeName=node NodeAddr=192.0.2.1 CPUs=1 State=UNKNOWN
PartitionName=main Nodes=node Default=YES MaxTime=5 State=UP
END
export SLURM_CONF=$work/slurm.conf

pids=()
stop() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap stop EXIT
munged --foreground --force --key-file munge.key --socket munge.socket --pid-file "$work/munged.pid" \
  --log-file "$work/munged.log" --seed-file "$work/munge.seed" >munged.out 2>&1 &
pids+=($!)

# until_true WHAT COMMAND...: half a minute at most.
until_true() {
  local what=$1 try
  shift
  for try in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  tail -n 20 ./*.log ./*.out >&2
  fail "$what, after $((try / 10)) seconds"
}
until_true "munged does not answer" test -S munge.socket
slurmctld -D >slurmctld.out 2>&1 &
pids+=($!)
until_true "slurmctld does not answer" scontrol ping
slurmd -D >slurmd.out 2>&1 &
pids+=($!)
idle() { scontrol show node node | grep -q 'State=IDLE'; }
until_true "the node is not idle" idle

cd job
cat >box.yaml <<'END'
namespaces: [user, mount, pid, uts]
uid_map: root
hostname: sandbox
mount_proc: true
command: [sh, -c, 'echo "process $$ on $(hostname)"; exit 7']
END
cat >job.sh <<'END'
#!/bin/sh
#SBATCH --job-name=box
#SBATCH --output=box.out
#SBATCH --time=1
srun ./box
END
sed 's/^command:.*/command: [sh, -c, "echo started; exec sleep 300"]\nstop_grace_period: 1s/' box.yaml >long.yaml
sed 's/srun .*/srun .\/long/; s/box/long/g' job.sh >long.sh

typed() {
  echo "\$ $1"
  eval "$1" 2>&1
}
expect() {
  [ "$2" = "$3" ] || { tail -n 20 ../*.log >&2; fail "$1: '$2' instead of '$3'"; }
}

PATH=$root/bin:$PATH
typed 'nsbox build box.yaml -o box'
typed 'cat job.sh'
status=0
typed 'sbatch --wait job.sh' || status=$?
typed 'cat box.out'
typed "scontrol show job 1 | grep -o 'ExitCode=.*'"
expect "the status of sbatch" "$status" 7
# What srun itself says comes before it or after it.
expect "what the sandbox wrote" "$(grep -v '^srun: ' box.out)" "process 1 on sandbox"
expect "the exit code of the job" "$(scontrol show job 1 | grep -o 'ExitCode=7:0')" ExitCode=7:0

echo
nsbox build long.yaml -o long
typed 'sbatch long.sh'
until_true "the second job does not start" grep -q started long.out
typed 'pgrep -fc "^sleep 300"'
typed 'scancel 2'
until_true "the second job is not cancelled" eval "scontrol show job 2 | grep -q JobState=CANCELLED"
gone() { ! pgrep -f '^sleep 300' >/dev/null && ! pgrep -fx ./long >/dev/null; }
until_true "something of the sandbox is left" gone
typed "scontrol show job 2 | grep -o 'JobState=[A-Z]*'"
typed 'pgrep -fc "^sleep 300"' || true
