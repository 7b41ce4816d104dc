#!/usr/bin/env bash
# Measures many sandboxes: a thousand at once, and how many a second; prints Markdown tables.
#
#   src/bench/many.sh [--count N] [--seconds S]
#
# --count N    sandboxes at once; default 1000
# --seconds S  how long each rate is taken, in five turns; default 10
#
# It needs a built nsbox (mvn package), gcc, bubblewrap, util-linux, and a machine that does nothing else; nsjail is measured
# too where NSJAIL names it, or it stands on the PATH.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/src/bench}
count=1000
seconds=10
while [ $# -gt 0 ]; do
  case $1 in
    --count) count=$2 && shift 2 ;;
    --seconds) seconds=$2 && shift 2 ;;
    *) echo "usage: many.sh [--count N] [--seconds S]" >&2 && exit 2 ;;
  esac
done
for tool in gcc bwrap unshare; do
  command -v "$tool" >/dev/null || { echo "many.sh: $tool is not installed" >&2; exit 1; }
done
[ -s "$root/target/nsbox.jar" ] || { echo "many.sh: build nsbox first: mvn package" >&2; exit 1; }

work=$(mktemp -d /tmp/nsbox-many.XXXXXX)
trap 'rm -rf "$work"' EXIT
cp "$here/bench.yaml" "$work/bench.yaml"
sed 's#^command:.*#command: [/bin/sleep, "600"]#' "$here/bench.yaml" >"$work/sleep.yaml"
gcc -O2 -o "$work/rate" "$here/rate.c"
nsbox=$root/bin/nsbox
cd "$work"
"$nsbox" build bench.yaml -o launcher
"$nsbox" build sleep.yaml -o waiting
mkdir bin
"$nsbox" install bin >/dev/null 2>&1
"$nsbox" up bench.yaml

peer=(bwrap --unshare-all --die-with-parent --dev-bind / / --proc /proc)

# pss NAME: kilobytes of all processes that run this program.
pss() {
  local total=0 process exe
  for process in /proc/[0-9]*; do
    exe=$(readlink "$process/exe" 2>/dev/null) || continue
    if [ "$exe" = "$1" ]; then
      total=$((total + $(awk '/^Pss:/ { print $2 }' "$process/smaps_rollup" 2>/dev/null || echo 0)))
    fi
  done
  echo "$total"
}

# at_once EXE COMMAND...: starts them all, and sets $memory (kilobytes) and $ended (milliseconds until all were gone).
at_once() {
  local exe=$1 pids=() start
  shift
  for _ in $(seq "$count"); do
    "$@" &
    pids+=($!)
  done
  until [ "$(pgrep -fxc '/bin/sleep 600')" -ge "$count" ]; do sleep 0.2; done
  memory=$(pss "$exe")
  start=$(date +%s%N)
  kill "${pids[@]}"
  wait "${pids[@]}" 2>/dev/null || true
  while pgrep -fx '/bin/sleep 600' >/dev/null; do sleep 0.05; done
  ended=$((($(date +%s%N) - start) / 1000000))
}

echo "$(uname -srm), $(nproc) processors, $(date -u +%F), as $(id -un)"
echo
echo "| $count sandboxes at once | memory (PSS) of all launchers | all stopped after |"
echo "| --- | --- | --- |"
sed -i 's#^command:#stop_signal: SIGKILL\ncommand:#' sleep.yaml
"$nsbox" build sleep.yaml -o waiting
at_once "$work/waiting" ./waiting
ours=$memory
echo "| nsbox | $((ours / 1024)) MB | $ended ms |"
at_once "$(readlink -f "$(command -v bwrap)")" "${peer[@]}" /bin/sleep 600
echo "| bwrap | $((memory / 1024)) MB | $ended ms |"
echo
echo "| started and finished a second, $(nproc) workers | a second | to bwrap |"
echo "| --- | --- | --- |"
# In turns, so that what else the machine does meets all of them alike.
rounds=5
labels=()
commands=()
# add LABEL COMMAND...: its words have no blanks.
add() {
  labels+=("$1")
  shift
  commands+=("$*")
}
add "\`nsbox up\`, warm, by what \`nsbox install\` wrote" ./bin/nsbox up bench.yaml
add "\`nsbox up\`, warm, by \`bin/nsbox\`" "$nsbox" up bench.yaml
add "launcher made by \`nsbox build\`" ./launcher
add "\`bwrap\`" "${peer[@]}" /bin/true
add "\`unshare\`" unshare --user --map-root-user --mount --pid --fork --ipc --uts --net --mount-proc /bin/true
if program=$(command -v "${NSJAIL:-nsjail}"); then
  add "\`nsjail\`" "$program" -Q -Mo --chroot / -- /bin/true
fi
sums=()
for _ in $(seq "$rounds"); do
  for i in "${!commands[@]}"; do
    read -ra words <<<"${commands[i]}"
    rate=$(./rate "$(nproc)" "$(awk -v all="$seconds" -v rounds="$rounds" 'BEGIN { print all / rounds }')" "${words[@]}")
    sums[i]=$((${sums[i]:-0} + rate))
    [ "${words[0]}" != bwrap ] || base=${sums[i]}
  done
done
for i in "${!commands[@]}"; do
  awk -v what="${labels[i]}" -v rate="${sums[i]}" -v base="$base" -v rounds="$rounds" \
    'BEGIN { printf "| %s | %d | %.2f |\n", what, rate / rounds, rate / base }'
done
