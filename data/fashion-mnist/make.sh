#!/bin/sh
# Cuts the first 6,000 training and the first 1,000 test images out of the whole set, as IDX files.
# An IDX file of images is a header of four big-endian 32-bit numbers (2051, count, rows, columns) and the pixels, one byte each.
#
#   apt-get install dataset-fashion-mnist && data/fashion-mnist/make.sh
set -eu
whole=${1:-/usr/share/datasets/fashion-mnist}
here=$(cd "$(dirname "$0")" && pwd)

first() { # count, source, target
    bytes=$((16 + $1 * 28 * 28))
    {
        printf '\000\000\010\003'
        # shellcheck disable=SC2059 # the format is the number in octal
        printf "\\000\\000\\$(printf %03o $(($1 / 256)))\\$(printf %03o $(($1 % 256)))"
        gzip -dc "$2" | tail -c +9 | head -c $((bytes - 8))
    } | gzip -9n >"$3"
}

first 6000 "$whole/train-images-idx3-ubyte.gz" "$here/train-images-idx3-ubyte.gz"
first 1000 "$whole/t10k-images-idx3-ubyte.gz" "$here/test-images-idx3-ubyte.gz"
(cd "$here" && sha256sum ./*.gz)
