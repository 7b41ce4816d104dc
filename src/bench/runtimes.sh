#!/usr/bin/env bash
# Makes the attacks of docs/security.md on runc and crun, and prints what came of each.
#
#   src/bench/runtimes.sh [ROW]...
#
# ROW  only these rows, such as S2
#
# Everything happens in folders of its own, and in private mount namespaces. It wants root, runc, crun, busybox-static, a C
# compiler, and script(1) and setpriv(1) of util-linux.
set -u
unset terminal uid capabilities namespaces linux hooks
status=0

# What follows would take away the machine's own mounts: it goes on only in another mount namespace than it was started in.
namespace=$(readlink /proc/self/ns/mnt) || exit 1
case ${NSBOX_BENCH_NAMESPACE-} in
  "$namespace") echo "runtimes.sh: no mount namespace of its own" >&2 && exit 1 ;;
  mnt:*) ;;
  *) NSBOX_BENCH_NAMESPACE=$namespace exec unshare -m --propagation private "$0" "$@" ;;
esac

for tool in runc crun busybox cc script setpriv; do
  command -v "$tool" >/dev/null || { echo "runtimes.sh: $tool is not installed" >&2; exit 1; }
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
name=nsbox-$$
work=$(mktemp -d)
trap leave EXIT
leave() {
  # A runtime that was refused half-way leaves its group, which the machine sees.
  rmdir "/sys/fs/cgroup/$name" 2>/dev/null
  rm -rf "$work"
}
chmod 755 "$work"
cd "$work" || exit 1
cc -O2 -static -o attacks "$here/attacks.c" || exit 1
# crun 1.8 wants one kind of control groups only; this is seen here alone.
umount -l /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup

# root: a fresh root file system, with a /dev and a /proc.
root() {
  rm -rf bundle outside && mkdir -p bundle/rootfs/{bin,dev,proc,etc} outside
  local applet
  cp /bin/busybox attacks bundle/rootfs/bin/
  for applet in sh cat ls pwd grep echo id sleep true; do ln -s busybox "bundle/rootfs/bin/$applet"; done
  echo "of the host" >outside/mark
}

# config CWD MOUNTS MASKED COMMAND: a small bundle. The variables are what else it may have, each with a comma before it.
config() {
  local held=${capabilities-'"CAP_CHOWN"'}
  cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"terminal": ${terminal-false}, "user": {"uid": ${uid-0}, "gid": 0}, "cwd": "$1", "env": ["PATH=/bin"], "noNewPrivileges": true,
   "args": ["sh", "-c", "$4"],
   "capabilities": {"bounding": [$held], "effective": [$held], "permitted": [$held]}},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}$2],
 "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "ipc"}${namespaces-}], "maskedPaths": [$3]${linux-}}${hooks-}}
END
}

# own_config RUNTIME COMMAND [OPTION]...: the bundle that the runtime itself writes, without a terminal.
own_config() {
  rm -f bundle/config.json
  (cd bundle && "$1" spec "${@:3}") || return 1
  sed -i -e 's/"terminal": true/"terminal": false/; s/"readonly": true/"readonly": false/' \
    -e "s|^\([[:space:]]*\)\"sh\"\$|\1\"sh\", \"-c\", \"$2\"|" bundle/config.json
}

# use RUNTIME: how it is called, in $runtime.
use() {
  runtime=("$1" --root "$work/$1.state")
  [ "$1" = runc ] || runtime+=(--cgroup-manager=disabled)
}

# run RUNTIME: the status stays in $status, what was said in out and err.
run() {
  use "$1"
  unshare -m timeout 20 "${runtime[@]}" run --bundle bundle "$name" >out 2>err </dev/null
  status=$?
}

# start RUNTIME: in the background, until it is ended.
start() {
  use "$1"
  timeout 20 "${runtime[@]}" run --detach --bundle bundle "$name" >out 2>err </dev/null
  status=$?
}

# end: what was started is gone.
end() {
  timeout 20 "${runtime[@]}" delete --force "$name" >/dev/null 2>&1
}

# at_a_terminal COMMAND: what it says there is in out. Nobody types anything there, not even an end of file.
at_a_terminal() {
  [ -p silence ] || mkfifo silence
  SHELL=/bin/bash timeout 30 script -qec "$1" /dev/null <>silence 2>/dev/null | tr -d '\r' >out
}

refused() { echo "refused: $(tail -n 1 err | sed -e 's/.*error during container init: //' -e "s|$work/||g" -e 's/"$//' | cut -c 1-100)"; }

descriptors() {
  root
  config / '' '' 'ls /proc/self/fd'
  run "$1" 7<outside 9<outside
  if [ "$status" -ne 0 ]; then refused; elif grep -qx '[79]' out; then echo "seen inside"; else echo "closed"; fi
}

directory() {
  root
  config /proc/self/fd/7 '' '' 'cat mark'
  run "$1" 7<outside
  if grep -q 'of the host' out; then echo "a way out: the command reads a file of the host"; else refused; fi
}

mask() {
  root
  echo victim >bundle/rootfs/victim
  ln -s /victim bundle/rootfs/dev/null
  config / '' '"/proc/version"' 'cat /proc/version >/seen'
  run "$1"
  if [ "$status" -ne 0 ]; then refused
  elif grep -q victim bundle/rootfs/seen; then echo "the mask shows the link's target"
  elif [ -s bundle/rootfs/seen ]; then echo "not masked"
  else echo "masked"; fi
}

streams() {
  root
  echo victim >bundle/rootfs/victim
  ln -s /victim bundle/rootfs/dev/null
  config / '' '' 'echo said'
  run "$1"
  if [ "$status" -ne 0 ]; then refused; elif grep -q said out; then echo "output reaches the caller"; else echo "output goes to the link's target"; fi
}

proc_self() {
  root
  mkdir bundle/rootfs/fake
  config / ', {"destination": "/proc/self", "type": "bind", "source": "rootfs/fake", "options": ["bind"]}' '' 'echo ran'
  sed -i "s|\"rootfs/fake\"|\"$work/bundle/rootfs/fake\"|" bundle/config.json
  run "$1"
  if [ "$status" -eq 0 ]; then echo "accepted"; else refused; fi
}

proc_link() {
  root
  rmdir bundle/rootfs/proc && ln -s etc bundle/rootfs/proc
  config / '' '' 'echo ran'
  run "$1"
  if [ "$status" -eq 0 ]; then echo "accepted"; else refused; fi
}

target_link() {
  root
  ln -s "$work/outside" bundle/rootfs/way
  config / ', {"destination": "/way/new", "type": "tmpfs", "source": "tmpfs"}' '' 'echo ran'
  run "$1"
  if [ -e outside/new ]; then echo "made on the host"; elif [ "$status" -eq 0 ]; then echo "made inside the root"; else refused; fi
}

dev_link() {
  root
  rmdir bundle/rootfs/dev && ln -s "$work/outside" bundle/rootfs/dev
  echo "of the host" >outside/ptmx
  config / '' '' 'echo ran'
  run "$1"
  local made
  made=$(find outside -mindepth 1 ! -name mark ! -name ptmx | wc -l)
  if [ "$made" -gt 0 ] || ! grep -qs 'of the host' outside/ptmx; then
    echo "on the host: $made files made$([ -L outside/ptmx ] && echo ', ptmx replaced')"
  elif [ "$status" -eq 0 ]; then echo "the host's folder stays as it was"; else refused; fi
}

inheritable() {
  root
  config / '' '' 'grep CapInh /proc/self/status'
  run "$1"
  if [ "$status" -ne 0 ]; then refused; elif grep -q '0000000000000000' out; then echo "empty"; else cat out; fi
}

# The runtime's own file, asked for by a script whose interpreter is /proc/self/exe, and by the command.
own_file() {
  root
  printf '#!/proc/self/exe\n' >bundle/rootfs/bin/again && chmod +x bundle/rootfs/bin/again
  local file before
  file=$(readlink -f "$(command -v "$1")")
  before=$(sha256sum "$file")
  config / '' '' '(echo x >>/proc/1/exe) 2>/dev/null; ls -l /proc/1/exe | grep -o [^/]*$'
  run "$1"
  local seen
  seen=$(cat out)
  config / '' '' 'again'
  sed -i 's|"sh", "-c", "again"|"/bin/again"|' bundle/config.json
  run "$1"
  if [ "$(sha256sum "$file")" != "$before" ]; then echo "**changed**"; else echo "unchanged; /proc/1/exe is $seen"; fi
}

names() {
  root
  config / '' '' 'echo ran'
  local more=()
  [ "$1" = runc ] || more=(--no-new-keyring)
  use "$1"
  unshare -m timeout 20 "${runtime[@]}" run "${more[@]}" --bundle bundle ../outside/x >out 2>err </dev/null
  if grep -q ran out; then echo "accepted$([ ! -e outside/x ] || echo ', a folder outside is left')"; else refused; fi
}

mounts_stay() {
  root
  config / '' '' 'echo ran'
  use "$1"
  cut -d ' ' -f 5- /proc/self/mountinfo >before
  "${runtime[@]}" run --bundle bundle "$name" >out 2>err </dev/null
  cut -d ' ' -f 5- /proc/self/mountinfo >after
  if cmp -s before after; then echo "none stays"; else echo "mounts stay"; fi
}

keyring() {
  root
  config / '' '' 'attacks keyring'
  run "$1"
  if [ "$status" -ne 0 ]; then refused; elif [ "$(cat out)" = "$(./attacks keyring)" ]; then echo "the caller's"; else echo "a new one"; fi
}

flags() {
  root
  mkdir bundle/rootfs/data source
  mount -t tmpfs -o nosuid,nodev tmpfs source
  mkdir source/below
  mount -t tmpfs tmpfs source/below
  config / ', {"destination": "/data", "type": "bind", "source": "SOURCE", "options": ["rbind", "ro"]}' '' \
    'grep -o /data.* /proc/self/mountinfo; echo x >/data/below/new && echo written'
  sed -i "s|SOURCE|$work/source|" bundle/config.json
  run "$1"
  umount -R source && rmdir source
  if [ "$status" -gt 1 ]; then refused; return; fi
  grep -q '^/data ro,.*nosuid,nodev' out && echo -n "the flags stay" || echo -n "flags are lost"
  if grep -q written out; then echo ", mounts below can be written to"; else echo ", mounts below are read-only"; fi
}

# Somebody in the sandbox looks at whatever enters it: with few capabilities, and with those of a user namespace's root.
joining() {
  local namespaces='' linux='' without
  without=$(look_at_joining "$1" '"CAP_CHOWN"')
  namespaces=', {"type": "user"}'
  linux=', "uidMappings": [{"containerID": 0, "hostID": 0, "size": 65536}],
    "gidMappings": [{"containerID": 0, "hostID": 0, "size": 65536}]'
  echo "$without; in a user namespace: $(look_at_joining "$1" '"CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"')"
}

look_at_joining() {
  local capabilities=$2 i
  root
  config / '' '' 'attacks spy >/said'
  start "$1"
  for ((i = 0; i < 20; i++)); do
    timeout 20 "${runtime[@]}" exec "$name" sleep 0.1 >out 2>err </dev/null || status=$?
  done
  end
  if [ "$status" -ne 0 ]; then refused; return; fi
  if ! grep -q busybox bundle/rootfs/said; then echo "nothing was looked at"
  elif grep -v -e '/busybox$' -e hidden bundle/rootfs/said >err; then sort -u err | tr '\n' ' '
  elif grep -q hidden bundle/rootfs/said; then echo "seen to enter, neither read nor traced"
  else echo "not seen to enter"; fi
}

# The root's /dev/console is a link.
console() {
  root
  echo victim >bundle/rootfs/victim
  ln -s /victim bundle/rootfs/dev/console
  terminal=true config / ', {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
    "options": ["newinstance", "ptmxmode=0666"]}' '' 'grep -o .*.devpts /proc/self/mountinfo; echo ran'
  use "$1"
  at_a_terminal "unshare -m ${runtime[*]} run --bundle bundle $name 2>err"
  if ! grep -q '^ran' out; then refused; return; fi
  if grep -q ' /victim ' out; then echo -n "bound where the link leads"
  elif grep -q ' /dev/console ' out; then echo -n "bound at /dev/console"
  else echo -n "not bound"; fi
  if grep -q victim bundle/rootfs/victim; then echo; else echo ", and what the link leads to is emptied"; fi
}

# Somebody exchanges a folder of the root for a link to the host all the time. A hook tells what is mounted before the runtime
# enters the root, after which nothing outside can be seen.
race() {
  root
  mkdir -p bundle/rootfs/way/a data outside/a
  ln -s "$work/outside" bundle/rootfs/link
  hooks=', "hooks": {"createContainer": [{"path": "/bin/sh", "args": ["sh", "-c", "cat /proc/self/mountinfo >>WORK/mounted"]}]}' \
    config / ', {"destination": "/way/a", "type": "bind", "source": "WORK/data", "options": ["bind"]},
    {"destination": "/way/b/c", "type": "tmpfs", "source": "tmpfs"}' '' 'echo ran'
  sed -i "s|WORK|$work|" bundle/config.json
  rm -f mounted
  ./attacks exchange bundle/rootfs/way bundle/rootfs/link &
  local racer=$! i ran=0 made=0
  for ((i = 0; i < 1000; i++)); do
    run "$1"
    if [ "$status" -eq 0 ]; then ran=$((ran + 1)); fi
    if [ -e outside/b ]; then made=$((made + 1)) && rm -rf outside/b; fi
  done
  kill $racer
  wait $racer 2>/dev/null
  if [ "$(grep -c " $work/bundle/rootfs/.*/a " mounted)" -lt "$ran" ]; then echo "not measured: the mounts were not seen"; return; fi
  echo "$i runs: $ran ran, $((i - ran)) were refused; $(grep -c " $work/outside/" mounted) mounts on the host, $made folders made there"
}

# The first step of CVE-2022-0492; nothing is written to release_agent.
hierarchy() {
  root
  mkdir bundle/rootfs/mnt bundle/rootfs/sys
  own_config "$1" 'attacks hierarchy pids'
  run "$1"
  if [ "$status" -ne 0 ]; then refused; else cat out; fi
}

# Whether the topmost mount on /sys/fs/cgroup can be written to: for root, and in a user namespace without a cgroup namespace.
sys_cgroup() {
  local said
  root
  mkdir bundle/rootfs/sys
  own_config "$1" 'grep ./sys/fs/cgroup. /proc/self/mountinfo'
  run "$1"
  said=$(how_mounted)
  own_config "$1" 'grep ./sys/fs/cgroup. /proc/self/mountinfo' --rootless
  tr -d '\n' <bundle/config.json | sed -e 's/,[[:space:]]*{[[:space:]]*"type": "cgroup"[[:space:]]*}//' >config.json
  mv config.json bundle/config.json
  unshare -Urm timeout 20 "${runtime[@]}" run --bundle bundle "$name" >out 2>err </dev/null
  status=$?
  echo "$said, in a user namespace $(how_mounted)"
}

how_mounted() {
  if [ "$status" -ne 0 ]; then refused
  elif ! grep -q cgroup out; then echo "no control groups"
  elif tail -n 1 out | grep -q ' /sys/fs/cgroup ro,'; then echo "read-only"
  else echo "writable"; fi
}

# Characters for the caller's terminal, where the command has one of its own and where it has the caller's files.
pushing() {
  # shellcheck disable=SC2016  # for the inner shell
  local terminal detach said=() listen='read -r -t 1 line && echo "got $line"'
  at_a_terminal "./attacks push; $listen"
  if ! grep -q '^got pushed' out; then echo "not measured: the kernel refuses it everywhere"; return; fi
  for terminal in true false; do
    root
    config / ', {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
      "options": ["newinstance", "ptmxmode=0666"]}' '' 'attacks push'
    use "$1"
    # Else runc gives the command pipes.
    detach=--detach
    [ $terminal = false ] || detach=
    at_a_terminal "unshare -m ${runtime[*]} run $detach --bundle bundle $name; $listen"
    end
    if grep -q '^got pushed' out; then said+=("they reach it")
    elif grep -q '^done' out; then said+=("they do not reach it")
    else said+=("refused: $(tail -n 1 out)"); fi
  done
  echo "with a terminal of its own: ${said[0]}; with the caller's: ${said[1]}"
}

# A user whom a file shuts out by the group gets rid of the group.
dropping() {
  root
  echo secret >bundle/rootfs/secret
  mkdir home
  chown -R 65534:65534 home bundle
  chown 0:4000 bundle/rootfs/secret
  chmod 604 bundle/rootfs/secret
  namespaces=', {"type": "user"}' linux=', "uidMappings": [{"containerID": 0, "hostID": 65534, "size": 1}],
    "gidMappings": [{"containerID": 0, "hostID": 65534, "size": 1}]' config / '' '' 'attacks groups /secret'
  use "$1"
  runtime[2]=$work/home/state
  unshare -m setpriv --reuid 65534 --regid 65534 --groups 4000 env XDG_RUNTIME_DIR="$work/home" \
    timeout 20 "${runtime[@]}" run --bundle bundle "$name" >out 2>err </dev/null
  status=$?
  rm -rf home
  if [ "$status" -ne 0 ]; then refused; else cat out; fi
}

sockets() {
  local said=() namespaces
  ./attacks listen "$name" >listening &
  local listener=$!
  while [ ! -s listening ]; do sleep 0.05; done
  for namespaces in ', {"type": "network"}' ''; do
    root
    config / '' '' "attacks connect $name"
    run "$1"
    if [ "$status" -ne 0 ]; then said+=("$(refused)"); else said+=("$(cat out)"); fi
  done
  kill $listener
  wait $listener 2>/dev/null
  rm listening
  echo "with a network namespace: ${said[0]}; without: ${said[1]}"
}

# Everything that the runtime itself is linked to, and what libc asks for names, stands in the root as well.
libraries() {
  root
  echo 'int open(const char *, int, ...); __attribute__((constructor)) static void on(void) { open("/loaded", 0101, 0600); }' >evil.c
  cc -shared -fPIC -o evil.so evil.c || return
  local folder library
  for folder in lib lib64 usr/lib "lib/$(uname -m)-linux-gnu" "usr/lib/$(uname -m)-linux-gnu"; do
    mkdir -p "bundle/rootfs/$folder"
    for library in $(ldd "$(command -v "$1")" | grep -o '[^ /]*[.]so[.0-9]*' | sort -u) libnss_{files,compat,dns,systemd}.so.2; do
      cp evil.so "bundle/rootfs/$folder/$library"
    done
  done
  echo /lib/libnss_files.so.2 >bundle/rootfs/etc/ld.so.preload
  echo 'passwd: files compat systemd' >bundle/rootfs/etc/nsswitch.conf
  echo 'root:x:0:0::/of-the-root:/bin/sh' >bundle/rootfs/etc/passwd
  config / '' '' 'sleep 20'
  start "$1"
  # shellcheck disable=SC2016  # for the shell inside
  [ "$status" -ne 0 ] || timeout 20 "${runtime[@]}" exec "$name" sh -c 'echo home $HOME' >out 2>err </dev/null || status=$?
  end
  if [ "$status" -ne 0 ]; then refused; return; fi
  if [ -e bundle/rootfs/loaded ]; then echo -n "one is loaded"; else echo -n "none is loaded"; fi
  if grep -q 'home /of-the-root' out; then echo ", the root's passwd is read for HOME"; else echo; fi
}

# What a user is taken for that is no number, or too large a one: by exec, and in the configuration.
users() {
  root
  config / '' '' 'sleep 20'
  start "$1"
  local user taken=''
  for user in 1 4294967295 4294967296 -1 1x 0x1; do
    timeout 20 "${runtime[@]}" exec --user "$user" "$name" id -u >out 2>err </dev/null
    taken+="$user is $(grep -x '[0-9]*' out || echo refused), "
  done
  end
  for user in 4294967295 4294967296 -1; do
    root
    uid=$user config / '' '' 'id -u'
    run "$1"
    taken+="configured $user is $(grep -x '[0-9]*' out || echo refused), "
  done
  echo "${taken%, }"
}

# A profile that names what is allowed, for one architecture.
calls() {
  root
  linux=', "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
    {"action": "SCMP_ACT_ALLOW", "names": ["access", "arch_prctl", "brk", "capget", "capset", "chdir", "clone", "close", "close_range",
     "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "execve", "exit", "exit_group", "faccessat", "faccessat2",
     "fchdir", "fchown", "fcntl", "fork", "fstat", "fstatfs", "futex", "getcwd", "getdents64", "getegid", "geteuid", "getgid",
     "getpid", "getppid", "getrandom", "gettid", "getuid", "ioctl", "lseek", "madvise", "mmap", "mprotect", "mremap", "munmap",
     "nanosleep", "newfstatat", "openat", "open", "pipe2", "poll", "ppoll", "prctl", "pread64", "prlimit64", "read", "readlink",
     "readlinkat", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sendmsg",
     "set_robust_list", "set_tid_address", "setgid", "setgroups", "setuid", "sigaltstack", "stat", "statx", "tgkill", "uname",
     "vfork", "wait4", "write", "writev"]}]}' config / '' '' 'exec attacks calls'
  run "$1"
  if [ "$status" -ne 0 ]; then refused; else cat out; fi
}

# The sandbox is dead, and its pid is another process's.
used_again() {
  root
  config / '' '' 'sleep 60'
  use "$1"
  # shellcheck disable=SC2016  # for the inner shell
  timeout 60 unshare -m -p -f --mount-proc --kill-child bash -c '
    name=$1
    shift
    "$@" run --detach --bundle bundle "$name" >out 2>err </dev/null || { echo refused; exit; }
    pid=$("$@" state "$name" | sed -n "s/.*\"pid\": *\([0-9]*\).*/\1/p")
    kill -KILL "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.05; done
    echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
    sleep 60 &
    [ $! = "$pid" ] || { echo "not measured: the pid was not used again"; exit; }
    if "$@" exec "$name" cat "$PWD/outside/mark" 2>&1 | grep -q "of the host"; then echo -n "entered by exec, "; else echo -n "not entered by exec, "; fi
    "$@" kill "$name" TERM >/dev/null 2>&1
    kill -0 "$pid" 2>/dev/null || { echo "reached by a signal"; exit; }
    "$@" delete --force "$name" >/dev/null 2>&1
    if kill -0 "$pid" 2>/dev/null; then echo "not reached by a signal"; else echo "ended by delete"; fi
    ' bash "$name" "${runtime[@]}"
}

copying() {
  if "$1" --help 2>&1 | grep -qwE '^ *(cp|copy)'; then echo "there is one"; else echo "not applicable: no such command"; fi
}

runc --version | head -n 2
crun --version | head -n 2
uname -r
printf '| row | runc | crun |\n| --- | --- | --- |\n'
wanted=" $* "
row() {
  case $wanted in '  ' | *" $1 "*) printf '| %s | %s | %s |\n' "$1" "$($2 runc)" "$($2 crun)" ;; esac
}
row S1 own_file
row S2 joining
row S3 descriptors
row S4 directory
row S5 mask
row S5b streams
row S6 console
row S7 proc_self
row S8 proc_link
row S9 race
row S10 target_link
row S11 dev_link
row S12 hierarchy
row S13 sys_cgroup
row S14 pushing
row S15 inheritable
row S16 dropping
row S17 sockets
row S18 libraries
row S19 users
row S20 names
row S21 mounts_stay
row S22 keyring
row S23 calls
row S24 flags
row S25 used_again
row S26 copying
