#!/usr/bin/env bash
# Measures nsbox beside its peers, by hyperfine, and prints the medians of this one run as a Markdown table.
#
#   src/bench/bench.sh [--user UID] [--runs N]
#
# --user UID  measures as that unprivileged user instead of as root
# --runs N    starts of each of the short commands; default 200
#
# It needs a built nsbox (mvn package), gcc, hyperfine, bubblewrap, util-linux, and a machine that does nothing else.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/src/bench}
user=
runs=200
while [ $# -gt 0 ]; do
  case $1 in
    --user) user=$2 && shift 2 ;;
    --runs) runs=$2 && shift 2 ;;
    *) echo "usage: bench.sh [--user UID] [--runs N]" >&2 && exit 2 ;;
  esac
done
for tool in gcc hyperfine bwrap unshare setpriv; do
  command -v "$tool" >/dev/null || { echo "bench.sh: $tool is not installed" >&2; exit 1; }
done
[ -s "$root/target/nsbox.jar" ] || { echo "bench.sh: build nsbox first: mvn package" >&2; exit 1; }

# A place that any user can read, and a cache of our own, also for root: a mount that nobody else sees.
if [ -z "${NSBOX_BENCH_FOLDER-}" ]; then
  NSBOX_BENCH_FOLDER=$(mktemp -d /tmp/nsbox-bench.XXXXXX)
  export NSBOX_BENCH_FOLDER
  trap 'rm -rf "$NSBOX_BENCH_FOLDER"' EXIT
  work=$NSBOX_BENCH_FOLDER
  chmod 755 "$work"
  mkdir -p "$work/install/bin" "$work/install/lib" "$work/home" "$work/specs" "$work/bin"
  cp "$root/bin/nsbox" "$work/install/bin"
  cp "$root/target/nsbox.jar" "$root/target/build-id" "$work/install/lib"
  cp "$here/bench.yaml" "$work/bench.yaml"
  cp "$here/bench.yaml" "$work/cold.yaml"
  sed 's#^command:.*#command: [/bin/sleep, "60"]#' "$here/bench.yaml" >"$work/sleep.yaml"
  gcc -O2 -static -s -o "$work/baseline" "$here/baseline.c"
  awk -v folder="$work/specs" 'BEGIN {
    for (i = 0; i < 10000; i++) {
      file = folder "/box-" i ".yaml"
      printf "# spec %d\nnamespaces: [user, mount, pid, uts%s]\nuid_map: root\nhostname: box-%d\nmount_proc: true\n" \
        "environment:\n  NUMBER: \"%d\"\n  WORD%d: yes-%d\ncommand: [sh, -c, \"echo %d\"]\ntimeout: %ds\n", \
        i, i % 2 ? ", ipc" : "", i, i, i % 97, i, i, i % 600 + 1 > file
      close(file)
    }
  }'
  printf 'class Hello { public static void main(String[] words) { System.out.println("hello"); } }\n' >"$work/Hello.java"
  if [ -n "$user" ]; then
    chown -R "$user:$user" "$work"
    setpriv --reuid "$user" --regid "$user" --clear-groups env -u XDG_CACHE_HOME HOME="$work/home" \
      bash "${BASH_SOURCE[0]}" --user "$user" --runs "$runs"
  elif [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2016  # for the inner shell
    unshare -m sh -c 'mount -t tmpfs -o mode=755 tmpfs /var/cache && exec bash "$@"' sh "${BASH_SOURCE[0]}" --runs "$runs"
  else
    HOME=$work/home bash "${BASH_SOURCE[0]}" --runs "$runs"
  fi
  exit
fi

work=$NSBOX_BENCH_FOLDER
cd "$work"
nsbox=$work/install/bin/nsbox

# measure CSV OPTIONS...: hyperfine without a shell between; what it prints is shown only if it fails.
measure() {
  local csv=$1
  shift
  hyperfine -N --style none --export-csv "$csv" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

# median CSV NAME: in milliseconds.
median() { awk -F, -v name="$2" '$1 == name { printf "%.3f", $4 * 1000 }' "$1"; }

# row WHAT VALUE OF LIMIT: one line of the table; the ratio VALUE/OF, or VALUE itself where OF is 1.
row() {
  awk -v what="$1" -v value="$2" -v of="$3" -v limit="$4" -v unit="${5-}" 'BEGIN {
    ratio = value / of
    shown = of == 1 ? sprintf("%g%s", ratio, unit) : sprintf("%.2f", ratio)
    printf "| %s | %s | %s%s | %s |\n", what, shown, limit, unit, ratio <= limit ? "yes" : "**no**"
  }'
}

# pss COMMAND...: kilobytes of all processes of the one that waits, while its sleep runs.
pss() {
  local total=0 pid main exe process
  "$@" &
  main=$!
  for _ in $(seq 50); do
    sleep 0.1
    pgrep -f '^/bin/sleep 60$' >/dev/null && break
  done
  sleep 0.3
  exe=$(readlink "/proc/$main/exe")
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    if [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$exe" ] && descends "$pid" "$main"; then
      total=$((total + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")))
    fi
  done
  kill -KILL "$main"
  wait "$main" 2>/dev/null || true
  echo "$total"
}

# descends PID ANCESTOR
descends() {
  local pid=$1
  while [ "$pid" -gt 1 ]; do
    [ "$pid" != "$2" ] || return 0
    pid=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status" 2>/dev/null) || return 1
    [ -n "$pid" ] || return 1
  done
  return 1
}

"$nsbox" build bench.yaml -o launcher
"$nsbox" build sleep.yaml -o waiting
"$nsbox" install bin >/dev/null 2>&1
"$nsbox" up bench.yaml

measure short.csv -w 20 -r "$runs" \
  -n C ./baseline\ /bin/true \
  -n launcher ./launcher \
  -n unshare 'unshare --user --map-root-user --mount --pid --fork --ipc --uts --net --mount-proc /bin/true' \
  -n bwrap 'bwrap --unshare-all --dev-bind / / --proc /proc /bin/true' \
  -n warm "$nsbox up bench.yaml" \
  -n installed "$work/bin/nsbox up bench.yaml"

echo "$(uname -srm), $(nproc) processors, $(date -u +%F), as ${user:+user }${user:-root}; $runs runs, medians"
echo
echo "| start of \`/bin/true\` in user+mount+pid+ipc+uts+network, \`/proc\` mounted | ms |"
echo "| --- | --- |"
echo "| static C program that makes the same calls | $(median short.csv C) |"
echo "| launcher made by \`nsbox build\` | $(median short.csv launcher) |"
echo "| \`nsbox up\`, warm, by \`bin/nsbox\` | $(median short.csv warm) |"
echo "| \`nsbox up\`, warm, by what \`nsbox install\` wrote | $(median short.csv installed) |"
echo "| \`unshare\` | $(median short.csv unshare) |"
echo "| \`bwrap --unshare-all\` | $(median short.csv bwrap) |"

for home in /usr/lib/jvm/*; do
  if [ -L "$home" ] || ! [ -x "$home/bin/javac" ]; then continue; fi
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
  export JAVA_HOME=$home
  "$home/bin/javac" -d "hello-$version" Hello.java
  "$nsbox" --cold up cold.yaml
  measure "cold-$version.csv" -w 3 -r 30 \
    -n hello "$home/bin/java -cp hello-$version Hello" \
    --prepare true --prepare "sh -c 'echo \"# changed\" >>cold.yaml'" \
    -n cold "$nsbox up cold.yaml"
  echo "| \`nsbox up\` of a changed spec, cold, JDK $version | $(median "cold-$version.csv" cold) |"
  echo "| hello world, JDK $version | $(median "cold-$version.csv" hello) |"
done
unset JAVA_HOME

measure validate.csv -w 1 -r 3 -n validate "$nsbox validate specs"
# The last two before the table, so that nothing else runs beside them.
memory=$(pss ./waiting)
memory_bwrap=$(pss bwrap --unshare-all --dev-bind / / --proc /proc /bin/sleep 60)
memory_c=$(pss ./baseline /bin/sleep 60)

echo
echo "| measure | this run | at most | met |"
echo "| --- | --- | --- | --- |"
c=$(median short.csv C)
launcher=$(median short.csv launcher)
warm=$(median short.csv warm)
installed=$(median short.csv installed)
unshare=$(median short.csv unshare)
bwrap=$(median short.csv bwrap)
row "launcher / C program" "$launcher" "$c" 1.15
row "launcher / unshare" "$launcher" "$unshare" 0.75
row "launcher / bwrap" "$launcher" "$bwrap" 0.5
row "warm \`nsbox up\` / unshare" "$warm" "$unshare" 1.1
row "warm \`nsbox up\` / bwrap" "$warm" "$bwrap" 0.7
row "installed: warm \`nsbox up\` / unshare" "$installed" "$unshare" 1.1
row "installed: warm \`nsbox up\` / bwrap" "$installed" "$bwrap" 0.7
for csv in cold-*.csv; do
  version=${csv#cold-}
  version=${version%.csv}
  limit=6
  [ "$version" -lt 25 ] || limit=5
  row "cold \`nsbox up\` / hello world, JDK $version" "$(median "$csv" cold)" "$(median "$csv" hello)" "$limit"
done
row "launcher file" "$(stat -c %s launcher)" 1 16384 " B"
row "memory (PSS) of the waiting launcher; bwrap's: $memory_bwrap KB, the C program's: $memory_c KB" "$memory" 1 64 " KB"
row "\`validate\` of 10,000 different specs" "$(awk -v ms="$(median validate.csv validate)" 'BEGIN { print ms / 1000 }')" 1 5 " s"
