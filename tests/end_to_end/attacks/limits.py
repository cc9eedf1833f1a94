"""The server's limits as docs/limits.md tells them: a test in C++ holds that against the code."""

import re

UNITS = {"ms": 0.001, "s": 1, "min": 60, "KiB": 1024, "MiB": 1024 * 1024, "": 1}


def read_limits(path):
    """Name of each limit to its default, in seconds, bytes, or as a count."""
    limits = {}
    with open(path, encoding="utf-8") as document:
        for line in document:
            row = re.match(r"\| `(\w+)` \| ([\d.,]+) ?(ms|s|min|KiB|MiB|) \|", line)
            if row:
                limits[row[1]] = float(row[2].replace(",", "")) * UNITS[row[3]]
    return limits
