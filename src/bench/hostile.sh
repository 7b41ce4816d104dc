#!/usr/bin/env bash
# Runs hostile programs in sandboxes with limits, and measures meanwhile how long a small command takes on the host; prints a
# Markdown table, with the reason that each report gives.
#
#   src/bench/hostile.sh [--seconds S]
#
# --seconds S  how long each load runs, and how long the quiet host is measured before; default 5
#
# It needs a built nsbox (mvn package), gcc, root or delegated control groups, and a machine that does nothing else.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/src/bench}
seconds=5
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    *) echo "usage: hostile.sh [--seconds S]" >&2 && exit 2 ;;
  esac
done
command -v gcc >/dev/null || { echo "hostile.sh: gcc is not installed" >&2; exit 1; }
[ -s "$root/target/nsbox.jar" ] || { echo "hostile.sh: build nsbox first: mvn package" >&2; exit 1; }

work=$(mktemp -d /tmp/nsbox-hostile.XXXXXX)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/latency" "$here/latency.c"
cd "$work"

# spec NAME COMMAND [LINES]: each load goes on until its time is over, or its limit ends it; where LINES has one, that comes first.
spec() {
  local time=$seconds
  [ $# -lt 3 ] || time=60
  cat >"$1.yaml" <<END
namespaces: [user, mount, pid, ipc, uts, network]
uid_map: root
mount_proc: true
tmpfs: ["/mnt:size=64m"]
working_dir: /mnt
mem_limit: 256m
memswap_limit: 256m
pids_limit: 64
cpus: 0.5
cpu_weight: 10
timeout: ${time}s
stop_grace_period: 0s
report: ./$1.json
command: [sh, -c, '$2']
${3:-}
END
  "$root/bin/nsbox" build "$1.yaml" -o "$1"
}
spec forks 'bomb() { bomb & bomb & wait; sleep 60; }; while :; do (bomb) 2>/dev/null; done'
spec memory 'while :; do tail /dev/zero 2>/dev/null; done'
spec hog 'exec tail /dev/zero' ''
spec disk 'while :; do cat /dev/zero >fill-$$ 2>/dev/null; done'
spec file 'exec cat /dev/zero >fill' 'ulimits: {fsize: 32m}
init: true'
spec spinner 'while :; do :; done'
spec time 'while :; do :; done' 'ulimits: {cpu: 1s}'

# row WHAT REASON STATUS: takes what the measurement said from the file "measured".
row() { echo "| $1 | $(cat measured) | $2 |"; }

echo "$(uname -srm), $(nproc) processors, $(date -u +%F), as $(id -un); \`/bin/true\` on the host every 20 ms, $seconds s each"
echo
echo "| load in a sandbox | median, ms | 99th of 100, ms | longest, ms | how the report says it ended |"
echo "| --- | --- | --- | --- | --- |"
./latency "$seconds" >measured
row "none" ""
for load in "forks:fork bomb" "memory:programs that take all memory, one after the other" "hog:a program that takes all memory" \
  "disk:programs that fill the disk, one after the other" "file:a program that fills the disk, with a limit of 32 MB for each file" \
  "spinner:a program that spins" "time:a program that spins, with a limit of 1 s of processor time"; do
  name=${load%%:*}
  "./$name" >/dev/null 2>&1 &
  pid=$!
  ./latency "$seconds" >measured
  status=0
  wait "$pid" || status=$?
  reason=$(sed -n 's/.*"reason": *"\([a-z]*\)".*/\1/p' "$name.json")
  [ -n "$reason" ] || { echo "hostile.sh: $name gave no report" >&2; exit 1; }
  [ "$reason" != setup ] || { cat "$name.json" >&2; exit 1; }
  row "${load#*:}" "\`$reason\`, status $status"
done
