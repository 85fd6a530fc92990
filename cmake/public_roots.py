#!/usr/bin/env python3
"""Write src/net/public_roots.cpp: the fingerprints of the public root CAs, from Debian's package ca-certificates.

Usage: cmake/public_roots.py [FOLDER] > src/net/public_roots.cpp; FOLDER is /usr/share/ca-certificates/mozilla unless it
is given. Run it when Debian brings a new edition of the package, and read the difference: a root that goes away was
distrusted for a reason, and a host that still has it is told so no longer.
"""

import base64
import hashlib
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
# What is left of a line of 120 beside the fingerprint.
LONGEST_NAME = 42

HEAD = """\
// Written by cmake/public_roots.py from Debian's package ca-certificates ({edition}); not to be edited by hand.
#include "net/public_roots.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe::net {{
namespace {{

/// SHA-256 of each certificate, in order.
constexpr std::array<std::string_view, {count}> public_roots{{
"""

TAIL = """\
};

}  // namespace

bool is_public_root(std::string_view sha256) {
    return std::binary_search(public_roots.begin(), public_roots.end(), sha256);
}

}  // namespace fdnprobe::net
"""


def edition():
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "ca-certificates"], stdout=subprocess.PIPE, check=True)
    return asked.stdout.decode().strip()


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/ca-certificates/mozilla")
    roots = {}
    for file in sorted(folder.glob("*.crt")):
        for block in BLOCK.findall(file.read_text(encoding="ascii")):
            roots[hashlib.sha256(base64.b64decode(block)).hexdigest()] = file.stem.encode("ascii", "replace").decode()
    if not roots:
        raise SystemExit(f"{folder}: no certificates")
    sys.stdout.write(HEAD.format(edition=edition(), count=len(roots)))
    for fingerprint, name in sorted(roots.items()):
        sys.stdout.write(f'    "{fingerprint}",  // {name[:LONGEST_NAME]}\n')
    sys.stdout.write(TAIL)


if __name__ == "__main__":
    main()
