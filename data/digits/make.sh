#!/bin/bash
# Makes the IDX files of this folder from the digits in Debian's package python3-sklearn (1.2.1): one file to each class, every fifth
# image of each for testing. Needs apt-get and python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download python3-sklearn
dpkg-deb -x python3-sklearn_*.deb .
python3 - "$work/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz" "$here" <<'PYTHON'
import csv, gzip, struct, sys

source, target = sys.argv[1:]
seen, files = {}, {}
with gzip.open(source, "rt") as lines:
    for row in csv.reader(lines):
        seen[row[64]] = seen.get(row[64], 0) + 1
        part = "train" if seen[row[64]] % 5 else "test"
        # grey levels 0 to 16 as bytes 0 to 240
        files.setdefault((part, row[64]), []).append(bytes(15 * int(value) for value in row[:64]))
for (part, digit), images in files.items():
    with open(f"{target}/{part}-{digit}-idx3-ubyte.gz", "wb") as out:
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as idx:
            idx.write(struct.pack(">4B3I", 0, 0, 8, 3, len(images), 8, 8) + b"".join(images))
PYTHON
