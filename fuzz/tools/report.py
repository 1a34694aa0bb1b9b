"""What a fuzz target wrote when it ended: who reported, and what."""

import re

# In the order in which they are looked for: a rule and a sanitizer abort, and
# libFuzzer then tells of a deadly signal besides.
_REPORTS = (
    (r"^fuzz: broken rule (\w+):", r"\1"),
    (r"^==\d+==ERROR: LeakSanitizer: detected memory leaks", "LeakSanitizer: leak"),
    (r"^==\d+== ?ERROR: (\w+Sanitizer): (?:attempting )?([\w-]+)", r"\1: \2"),
    (r": runtime error: ([a-z][^:'\n]*[a-z])", r"UndefinedBehaviorSanitizer: \1"),
    (r": Assertion `.*' failed\.|^terminate called |: Check .* failed:", "assertion"),
    (r"^==\d+== ERROR: libFuzzer: timeout", "hang"),
    (r"^==\d+== ERROR: libFuzzer: out-of-memory", "out of memory"),
    (r"^==\d+== ERROR: libFuzzer: ([a-z -]+[a-z])", r"\1"),
)


def who_reported(output):
    """The rule or sanitizer and its kind, such as NoForgery or
    AddressSanitizer: heap-buffer-overflow. None where nothing is reported."""
    for pattern, name in _REPORTS:
        found = re.search(pattern, output, re.MULTILINE)
        if found:
            return found.expand(name)
    return None


def file_name(reported):
    """A regression's name, after what who_reported said: no_forgery,
    heap_buffer_overflow."""
    what = reported.rpartition(": ")[2]
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", what)
    return "_".join(word.lower() for word in words[:5])


def executions(output):
    """How many inputs libFuzzer ran, from its statistics or its last line."""
    total = re.findall(r"^stat::number_of_executed_units: (\d+)", output, re.MULTILINE)
    return int((total or re.findall(r"^#(\d+)\t", output, re.MULTILINE) or ["0"])[-1])
