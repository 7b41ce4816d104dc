#!/usr/bin/env bash
# Measures a full confinement (src/bench/confinement.yaml) beside bubblewrap and nsjail that are told to do as much, by
# hyperfine; shows what each set up, and prints the medians of this one run, all as Markdown tables.
#
#   src/bench/confinement.sh [--user UID] [--runs N]
#
# --user UID  measures as that unprivileged user instead of as root
# --runs N    starts of each; default 200
#
# It needs a built nsbox (mvn package), gcc, hyperfine, bubblewrap, util-linux, and a machine that does nothing else. nsjail is
# measured where NSJAIL names it, or it stands on the PATH: Debian has no package of it; build it from github.com/google/nsjail.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/src/bench}
user=
runs=200
while [ $# -gt 0 ]; do
  case $1 in
    --user) user=$2 && shift 2 ;;
    --runs) runs=$2 && shift 2 ;;
    *) echo "usage: confinement.sh [--user UID] [--runs N]" >&2 && exit 2 ;;
  esac
done
for tool in gcc hyperfine bwrap unshare setpriv; do
  command -v "$tool" >/dev/null || { echo "confinement.sh: $tool is not installed" >&2; exit 1; }
done
[ -s "$root/target/nsbox.jar" ] || { echo "confinement.sh: build nsbox first: mvn package" >&2; exit 1; }

# A place that any user can read, and a cache of our own, also for root: a mount that nobody else sees.
if [ -z "${NSBOX_BENCH_FOLDER-}" ]; then
  NSBOX_BENCH_FOLDER=$(mktemp -d /tmp/nsbox-bench.XXXXXX)
  export NSBOX_BENCH_FOLDER
  trap 'rm -rf "$NSBOX_BENCH_FOLDER"' EXIT
  work=$NSBOX_BENCH_FOLDER
  chmod 755 "$work"
  mkdir -p "$work"/install/{bin,lib} "$work/bin" "$work/home" "$work/work" "$work/cache"
  mkdir -p "$work"/root/{usr,etc,dev,proc,tmp,run,home,var,opt,srv,mnt/{lib,share,work,cache}}
  for link in bin lib lib64 sbin; do ln -s "usr/$link" "$work/root/$link"; done
  cp "$root/bin/nsbox" "$work/install/bin"
  cp "$root/target/nsbox.jar" "$root/target/build-id" "$work/install/lib"
  cp "$here/confinement.yaml" "$work/confinement.yaml"
  gcc -O2 -static -s -o "$work/rewind" "$here/rewind.c"
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
"$nsbox" build confinement.yaml -o launcher
"$nsbox" install bin >/dev/null 2>&1
"$nsbox" up confinement.yaml </dev/null

# The filter of the launcher, byte for byte, which begins by loading the architecture (BPF_LD|BPF_W|BPF_ABS, offset 4).
start=$(grep -obUaP '\x20\x00\x00\x00\x04\x00\x00\x00\x15\x00' launcher | cut -d: -f1)
instructions=$("$nsbox" seccomp --format json confinement.yaml | sed -n 's/.*"instructions" : \([0-9]*\).*/\1/p')
case $start$instructions in
  *[!0-9]* | '') echo "confinement.sh: not one filter in the launcher" >&2 && exit 1 ;;
esac
tail -c "+$((start + 1))" launcher | head -c "$((8 * instructions))" >filter

path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
bwrap=(
  bwrap --unshare-user --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup
  --die-with-parent --as-pid-1 --hostname box --ro-bind root /
  --dev /dev --perms 1777 --size 67108864 --tmpfs /dev/shm --proc /proc
  --perms 1777 --tmpfs /tmp --perms 0755 --tmpfs /run --perms 0755 --tmpfs /home --perms 0755 --tmpfs /var
  --ro-bind /usr /usr --ro-bind /etc /etc --ro-bind /opt /opt --ro-bind /srv /srv
  --ro-bind /usr/lib /mnt/lib --ro-bind /usr/share /mnt/share --bind work /mnt/work --bind cache /mnt/cache
  --chdir / --clearenv --setenv PATH "$path" --cap-drop ALL --seccomp 9
)

# nsjail takes filters in a language of its own: the same calls, those that are allowed by their arguments allowed at all.
nsjail=()
if program=$(command -v "${NSJAIL:-nsjail}") && "$program" --help >/dev/null 2>&1; then
  calls=$("$nsbox" seccomp --format json confinement.yaml | awk '/"number"/ { gsub(/[^0-9]/, ""); number = $0 }
    /"action" : "(allow|by)/ && number != "" { printf "%sSYSCALL[%d]", comma, number; comma = ", "; number = "" }
    /"rules"/ && number != "" { printf "%sSYSCALL[%d]", comma, number; comma = ", "; number = "" }')
  # shellcheck disable=SC2054  # its options have commas
  nsjail=(
    "$program" -Mo -q -t 0 --disable_rlimits --hostname box --chroot "$work/root" -u "$(id -u)" -g "$(id -g)" -E "PATH=$path"
    -m none:/dev:tmpfs:mode=0755 -m none:/dev/pts:devpts:ptmxmode=0666,mode=0620 -m none:/dev/shm:tmpfs:mode=1777,size=67108864
    -B /dev/null -B /dev/zero -B /dev/full -B /dev/random -B /dev/urandom -B /dev/tty
    -s /proc/self/fd:/dev/fd -s /proc/self/fd/0:/dev/stdin -s /proc/self/fd/1:/dev/stdout -s /proc/self/fd/2:/dev/stderr
    -s pts/ptmx:/dev/ptmx
    -m none:/tmp:tmpfs:mode=1777 -m none:/run:tmpfs:mode=0755 -m none:/home:tmpfs:mode=0755 -m none:/var:tmpfs:mode=0755
    -R /usr -R /etc -R /opt -R /srv -R /usr/lib:/mnt/lib -R /usr/share:/mnt/share
    -B "$work/work:/mnt/work" -B "$work/cache:/mnt/cache"
    --seccomp_string "ALLOW { $calls } DEFAULT ERRNO(1)" --
  )
fi

# What a command sees of its confinement: one line of "name=value".
# shellcheck disable=SC2016  # for the inner shell
probe='
  while read -r line; do mounts=$((mounts + 1)); done </proc/self/mountinfo
  made=
  for kind in user mnt pid ipc uts net cgroup; do
    [ "$(readlink /proc/self/ns/$kind)" = "$(eval echo \$host_$kind)" ] || made=$made+$kind
  done
  echo "mounts=$mounts" "namespaces=${made#+}" "devices=$(cd /dev && echo *)" \
    $(sed -n -E "s/^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp|Seccomp_filters):\t/\1=/p" /proc/self/status) "pid=$$"'
host=
for kind in user mnt pid ipc uts net cgroup; do host="$host host_$kind=$(readlink "/proc/self/ns/$kind")"; done
seen() { tr ' ' '\n' <<<"$2" | sed -n "s/^$1=//p"; }
ours=$("$nsbox" up confinement.yaml -- /bin/sh -c "$host; $probe" </dev/null)
theirs=$("${bwrap[@]}" /bin/sh -c "$host; $probe" 9<filter)
others=
[ ${#nsjail[@]} -eq 0 ] || others=$("${nsjail[@]}" /bin/sh -c "$host; $probe" </dev/null)

echo "$(uname -srm), $(nproc) processors, $(date -u +%F), as ${user:+user }${user:-root}; $runs runs, medians"
echo
echo "| what the command sees | nsbox | bwrap |${others:+ nsjail |}"
echo "| --- | --- | --- |${others:+ --- |}"
for fact in mounts namespaces CapEff CapPrm CapInh CapAmb CapBnd NoNewPrivs Seccomp Seccomp_filters pid; do
  echo "| $fact | $(seen "$fact" "$ours") | $(seen "$fact" "$theirs") |${others:+ $(seen "$fact" "$others") |}"
  # bubblewrap freezes files of /proc only where the caller could write to them, which is as root.
  if [ "$(seen "$fact" "$ours")" != "$(seen "$fact" "$theirs")" ] && ! { [ "$fact" = mounts ] && [ "$(id -u)" != 0 ]; }; then
    echo "confinement.sh: nsbox and bwrap do not set up the same: $fact" >&2
    exit 1
  fi
done
# Landlock is the one thing that only nsbox does: /mnt is not in its list, and /mnt/work is.
"$nsbox" up confinement.yaml -- /bin/sh -c 'cp /bin/true /mnt/work/refused && ! /mnt/work/refused 2>/dev/null' </dev/null
"${bwrap[@]}" /mnt/work/refused 9<filter
echo "| Landlock | yes | no, it has none |${others:+ no |}"

# measure OPTIONS...: hyperfine without a shell between; what it prints is shown only if it fails.
measure() { hyperfine -N --style none --export-csv csv "$@" 9<filter >log 2>&1 || { cat log >&2; exit 1; }; }
median() { awk -F, -v name="$1" '$1 == name { printf "%.3f", $(NF - 4) * 1000 }' csv; }

# Every program is started with the filter open as file 9; only bubblewrap reads it.
rewind="$work/rewind"
# The words hold no blanks but those of nsjail's filter.
line() { printf '%q ' "$@"; }
commands=(-n bwrap "$(line "${bwrap[@]}" /bin/true)" -n launcher "$work/launcher" -n warm "$nsbox up confinement.yaml"
  -n installed "$work/bin/nsbox up confinement.yaml")
prepare=(--prepare "$rewind" --prepare "$rewind" --prepare "$rewind" --prepare "$rewind")
if [ ${#nsjail[@]} -gt 0 ]; then
  commands+=(-n nsjail "$(line "${nsjail[@]}" /bin/true)")
  prepare+=(--prepare "$rewind")
fi
measure -w 20 -r "$runs" "${prepare[@]}" "${commands[@]}"

base=$(median bwrap)
row() { awk -v what="$1" -v value="$2" -v base="$base" -v limit="${3-}" 'BEGIN {
  printf "| %s | %s | %.2f | %s | %s |\n", what, value, value / base, limit, limit == "" ? "" : value / base <= limit ? "yes" : "**no**"
}'; }
echo
echo "| start of \`/bin/true\` in that | ms | to bwrap | at most | met |"
echo "| --- | --- | --- | --- | --- |"
row "launcher made by \`nsbox build\`" "$(median launcher)" 0.6
row "\`nsbox up\`, warm, by what \`nsbox install\` wrote" "$(median installed)" 0.6
row "\`nsbox up\`, warm, by \`bin/nsbox\`" "$(median warm)" 0.6
row "\`bwrap\`" "$base"
if [ ${#nsjail[@]} -gt 0 ]; then
  row "\`nsjail\`" "$(median nsjail)"
else
  echo
  echo "Without nsjail: it is neither on the PATH nor named by NSJAIL."
fi
