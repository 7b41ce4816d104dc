#!/bin/sh
# Assembles the interpreters with GNU as and rewrites their committed hex listings.
set -eu
cd "$(dirname "$0")"
out=../resources/io/nsbox/image
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for arch in x86_64 aarch64; do
    prefix=
    [ "$arch" = "$(uname -m)" ] || prefix=$arch-linux-gnu-
    for far in '' -far; do
        "${prefix}as" ${far:+--defsym FAR=1} -o "$tmp/$arch.o" "interpreter-$arch.s"
        "${prefix}objcopy" -O binary -j .text "$tmp/$arch.o" "$tmp/$arch.bin"
        od -An -v -tx1 "$tmp/$arch.bin" | sed 's/^ //' >"$out/interpreter-$arch$far.hex"
        echo "$arch$far: $(wc -c <"$tmp/$arch.bin") bytes"
    done
done
