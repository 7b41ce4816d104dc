#!/usr/bin/env bash
# Runs sandboxes for a long time and kills launchers at random; fails if anything is left.
#
#   src/bench/soak.sh [--runs N] [--kills N] [--seed N]
#
# --runs N   short runs; default 100000: half of them warm `nsbox up`, half a sandbox with a name, limits and a report
# --kills N  how many of them get SIGKILL at a random moment, if they have not ended by then, as more than half have;
#            default 2800
# --seed N   which ones, and when; default 1
#
# After that the launcher of the second kind is killed before each of its system calls once, and sandboxes in the background
# are killed while nsbox ps is asked about them. It needs a built nsbox (mvn package), gcc and strace.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/src/bench}
runs=100000
kills=2800
seed=1
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2 && shift 2 ;;
    --kills) kills=$2 && shift 2 ;;
    --seed) seed=$2 && shift 2 ;;
    *) echo "usage: soak.sh [--runs N] [--kills N] [--seed N]" >&2 && exit 2 ;;
  esac
done
for tool in gcc strace; do
  command -v "$tool" >/dev/null || { echo "soak.sh: $tool is not installed" >&2; exit 1; }
done
[ -s "$root/target/nsbox.jar" ] || { echo "soak.sh: build nsbox first: mvn package" >&2; exit 1; }

work=$(mktemp -d /tmp/nsbox-soak.XXXXXX)
name=soak-$$
trap 'cd /; rm -rf "$work"; "$root/bin/nsbox" rm -f "$name" "$name-d" >/dev/null 2>&1' EXIT
gcc -O2 -o "$work/soak" "$here/soak.c"
nsbox=$root/bin/nsbox
mkdir "$work/plain" "$work/named"
cd "$work"
# What every process that nsbox makes has in its environment.
export NSBOX_SOAK=$$-$seed
if [ "$(id -u)" -eq 0 ]; then states=/run/nsbox; else states=${XDG_RUNTIME_DIR:?}/nsbox; fi

cp "$here/bench.yaml" plain/box.yaml
cat >named/box.yaml <<END
version: 1
name: $name
namespaces: [user, mount, pid, ipc, uts, network, cgroup]
uid_map: root
hostname: soak
mount_proc: true
inherit_env: [NSBOX_SOAK]
pids_limit: 50
mem_limit: 64m
report: ./report.json
command: [/bin/true]
END
sed -e 's#^command:.*#command: [/bin/sleep, "600"]#' -e '/^report:/d' -e "s#^name:.*#name: $name-d#" named/box.yaml >named/sleep.yaml

fail() {
  echo "soak.sh: $1" >&2
  exit 1
}

# The path of the launcher that `nsbox up` runs for these words; it stays in the cache.
launcher() { "$nsbox" up -v "$@" 2>&1 >/dev/null | sed -n 's/^nsbox: kept the launcher as //p'; }

# What must be the same afterwards.
look() {
  cat /proc/self/mountinfo
  find /sys/fs/cgroup -type d -name "nsbox-$name*" 2>/dev/null | sort
  find "$states" -path "$states/$name*" | sort
  find "$work" -mindepth 2 | sort
}

processes() {
  local process
  for process in /proc/[0-9]*; do
    if [ "$process" != "/proc/$$" ] && [ "$process" != "/proc/$BASHPID" ] && grep -qzsx "NSBOX_SOAK=$NSBOX_SOAK" "$process/environ"; then
      tr '\0' ' ' <"$process/cmdline"
      echo
    fi
  done 2>/dev/null
}

"$nsbox" up plain/box.yaml
named=$(launcher --name "$name" named/box.yaml)
sleeping=$(launcher -d named/sleep.yaml)
"$nsbox" rm -f "$name" "$name-d"
mkdir -p "$states/$name" "$states/$name-d"
chmod 700 "$states/$name" "$states/$name-d"
"$named" named/box.yaml
"$nsbox" rm "$name"
rmdir "$states/$name-d"
look >before.txt
mkdir -m 700 "$states/$name" "$states/$name-d"

start=$(date +%s)
(cd plain && ../soak $((runs / 2)) $((kills / 2)) 4000 "$seed" "$work/nowhere" "$nsbox" "$nsbox" up box.yaml >../plain.txt) &
plain=$!
(cd named && ../soak $((runs - runs / 2)) $((kills - kills / 2)) 12000 "$seed" "$states/$name" "$nsbox" "$named" box.yaml >../named.txt) &
wait $! || fail "a run with a name failed"
wait $plain || fail "a plain run failed"
took=$(($(date +%s) - start))

# Before each of its own system calls but the first, by which it becomes the launcher. strace counts those of each name, sends
# the signal with the one that is meant, and ends as the launcher does.
traced() { (cd named && strace -qq "$@" "$named" box.yaml; exit $?) 2>/dev/null; }
traced -o calls.txt -e signal=none
calls=0
while read -r count call; do
  for which in $(seq "$count"); do
    if [ "$call" = execve ]; then continue; fi
    calls=$((calls + 1))
    status=0
    traced -o /dev/null -e trace="$call" -e signal=none -e "inject=$call:signal=KILL:when=$which" || status=$?
    [ "$status" -eq 137 ] || fail "the launcher that was killed with its call $which of $call ended with $status"
    [ ! -e "$states/$name/lock" ] || flock "$states/$name/lock" true
  done
done < <(sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' named/calls.txt | sort | uniq -c)
rm named/calls.txt
[ "$calls" -gt 0 ] || fail "strace saw no call"

for _ in $(seq 20); do
  "$sleeping" named/sleep.yaml >/dev/null
  "$nsbox" ps -q | grep -qx "$name-d" || fail "nsbox ps does not know a sandbox that runs"
  read -r pid _ <"$states/$name-d/pids"
  kill -KILL "$pid"
  flock "$states/$name-d/lock" true
  if "$nsbox" ps -q | grep -qx "$name-d"; then fail "nsbox ps calls a sandbox running whose launcher was killed"; fi
done

sleep 11
"$nsbox" gc >collected.txt
# The last run of a name may have ended by itself.
"$nsbox" rm -f "$name" 2>/dev/null || true
left=$(processes)
[ -z "$left" ] || fail "processes are left: $left"
look >after.txt
diff before.txt after.txt || fail "something is left"
echo "$runs runs in $took s, of which $(($(cat plain.txt) + $(cat named.txt))) were killed before their end ($(cat plain.txt) plain, $(cat named.txt) with a name and limits);"
echo "a launcher killed before each of its $calls system calls; 20 sandboxes in the background killed."
echo "gc collected $(grep -c / collected.txt || true) control groups. No process, mount, control group, file or entry of nsbox ps was left."
