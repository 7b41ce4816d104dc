#!/usr/bin/env bash
# Makes the attacks of docs/security.md that need no more than a bundle on runc and crun, and prints what came of each.
# Everything happens in folders of its own, and in private mount namespaces; it wants root, runc, crun and busybox-static.
set -u

# What follows would take away the machine's own mounts: it goes on only in another mount namespace than it was started in.
namespace=$(readlink /proc/self/ns/mnt) || exit 1
case ${NSBOX_BENCH_NAMESPACE-} in
  "$namespace") echo "runtimes.sh: no mount namespace of its own" >&2 && exit 1 ;;
  mnt:*) ;;
  *) NSBOX_BENCH_NAMESPACE=$namespace exec unshare -m --propagation private "$0" "$@" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# crun 1.8 wants one kind of control groups only; this is seen here alone.
umount -l /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup

# root: a fresh root file system, with a /dev and a /proc.
root() {
  rm -rf bundle outside && mkdir -p bundle/rootfs/{bin,dev,proc,etc} outside
  cp /bin/busybox bundle/rootfs/bin/
  local name
  for name in sh cat ls pwd grep echo; do ln -s busybox "bundle/rootfs/bin/$name"; done
  echo "of the host" >outside/mark
}

# config CWD MOUNTS MASKED COMMAND
config() {
  cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"user": {"uid": 0, "gid": 0}, "cwd": "$1", "env": ["PATH=/bin"], "noNewPrivileges": true,
   "args": ["sh", "-c", "$4"],
   "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"]}},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}$2],
 "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "ipc"}], "maskedPaths": [$3]}}
END
}

# run RUNTIME: the status stays in $status, what was said in out and err.
run() {
  local options=()
  [ "$1" = runc ] || options=(--cgroup-manager=disabled)
  unshare -m timeout 20 "$1" "${options[@]}" --root "$work/state" run --bundle bundle "nsbox-$$" >out 2>err </dev/null
  status=$?
}

refused() { echo "refused: $(tail -n 1 err | sed -e 's/.*error during container init: //' -e "s|$work/||g" -e 's/"$//' | cut -c 1-100)"; }

descriptors() {
  root
  config / '' '' 'ls /proc/self/fd'
  run "$1" 7<outside 9<outside
  if [ $status -ne 0 ]; then refused; elif grep -qx '[79]' out; then echo "seen inside"; else echo "closed"; fi
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
  if [ $status -ne 0 ]; then refused
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
  if [ $status -ne 0 ]; then refused; elif grep -q said out; then echo "output reaches the caller"; else echo "output goes to the link's target"; fi
}

proc_self() {
  root
  mkdir bundle/rootfs/fake
  config / ', {"destination": "/proc/self", "type": "bind", "source": "rootfs/fake", "options": ["bind"]}' '' 'echo ran'
  sed -i "s|\"rootfs/fake\"|\"$work/bundle/rootfs/fake\"|" bundle/config.json
  run "$1"
  if [ $status -eq 0 ]; then echo "accepted"; else refused; fi
}

proc_link() {
  root
  rmdir bundle/rootfs/proc && ln -s etc bundle/rootfs/proc
  config / '' '' 'echo ran'
  run "$1"
  if [ $status -eq 0 ]; then echo "accepted"; else refused; fi
}

target_link() {
  root
  ln -s "$work/outside" bundle/rootfs/way
  config / ', {"destination": "/way/new", "type": "tmpfs", "source": "tmpfs"}' '' 'echo ran'
  run "$1"
  if [ -e outside/new ]; then echo "made on the host"; elif [ $status -eq 0 ]; then echo "made inside the root"; else refused; fi
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
  elif [ $status -eq 0 ]; then echo "the host's folder stays as it was"; else refused; fi
}

inheritable() {
  root
  config / '' '' 'grep CapInh /proc/self/status'
  run "$1"
  if [ $status -ne 0 ]; then refused; elif grep -q '0000000000000000' out; then echo "empty"; else cat out; fi
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
  local options=()
  local more=()
  [ "$1" = runc ] || { options=(--cgroup-manager=disabled); more=(--no-new-keyring); }
  unshare -m timeout 20 "$1" "${options[@]}" --root "$work/state" run "${more[@]}" --bundle bundle ../outside/x >out 2>err </dev/null
  if grep -q ran out; then echo "accepted$([ ! -e outside/x ] || echo ', a folder outside is left')"; else refused; fi
}

mounts_stay() {
  root
  config / '' '' 'echo ran'
  local options=()
  [ "$1" = runc ] || options=(--cgroup-manager=disabled)
  cut -d ' ' -f 5- /proc/self/mountinfo >before
  "$1" "${options[@]}" --root "$work/state" run --bundle bundle "nsbox-$$" >out 2>err </dev/null
  cut -d ' ' -f 5- /proc/self/mountinfo >after
  if cmp -s before after; then echo "none stays"; else echo "mounts stay"; fi
}

keyring() {
  root
  cat >keyring.c <<'END'
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) { printf("%ld\n", syscall(SYS_keyctl, 0, -3, 1)); return 0; }
END
  cc -static -o bundle/rootfs/bin/keyring keyring.c || { echo "not measured: cc is missing"; return; }
  config / '' '' 'keyring'
  run "$1"
  if [ $status -ne 0 ]; then refused; elif [ "$(cat out)" = "$(bundle/rootfs/bin/keyring)" ]; then echo "the caller's"; else echo "a new one"; fi
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
  if [ $status -gt 1 ]; then refused; return; fi
  grep -q '^/data ro,.*nosuid,nodev' out && echo -n "the flags stay" || echo -n "flags are lost"
  if grep -q written out; then echo ", mounts below can be written to"; else echo ", mounts below are read-only"; fi
}

runc --version | head -n 1
crun --version | head -n 1
printf '| row | runc | crun |\n| --- | --- | --- |\n'
row() { printf '| %s | %s | %s |\n' "$1" "$($2 runc)" "$($2 crun)"; }
row S1 own_file
row S3 descriptors
row S4 directory
row S5 mask
row S5b streams
row S7 proc_self
row S8 proc_link
row S10 target_link
row S11 dev_link
row S15 inheritable
row S20 names
row S21 mounts_stay
row S22 keyring
row S24 flags
