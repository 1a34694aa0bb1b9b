#!/usr/bin/env python3
"""Two processes that draw from the same seed print the same: neither addresses,
time nor environment reach what OpenSSL makes for us."""

import os
import subprocess
import sys
import time


def run(program, environment):
    done = subprocess.run([program], capture_output=True, text=True, check=True,
                          env=environment)
    return done.stdout.splitlines()


def main():
    program = sys.argv[1]
    first = run(program, dict(os.environ))
    time.sleep(1.1)  # Certificates count seconds.
    second = run(program, {"OPENSSL_CONF": "/nonexistent",
                           "OPENSSL_ia32cap": "~0x200000200000000"})
    if len(first) != 4 or not all(first):
        sys.exit("two certificates and two keys were expected")
    if first != second:
        sys.exit("two processes printed different certificates or keys")


if __name__ == "__main__":
    main()
