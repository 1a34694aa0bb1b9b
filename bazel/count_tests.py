"""Counts test cases from Bazel's build event files (JSON): N passed, N failed.

  count_tests.py EVENTS.json...

Beside each EVENTS.json stands EVENTS.status, Bazel's exit status. The output of
failed tests, and the names of skipped cases, go to standard error. Exits with 0
if all passed and there was at least one, else with 1.
"""

import dataclasses
import json
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0


def tell(line):
    print(line, file=sys.stderr)


def count_cases(label, report):
    """The Count of a test.xml, in GoogleTest's or Bazel's form."""
    count = Count()
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            tell(f"{label}: skipped {case.get('classname')}.{case.get('name')}")
        elif case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif case.get("status") != "notrun":  # Disabled, or filtered out.
            count.passed += 1
    return count


def count_target(label, result):
    """The Count of one testResult event."""
    files = {
        output["name"]: pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path))
        for output in result.get("testActionOutput", [])
    }
    count = Count()
    if result["status"] in ("PASSED", "FAILED") and "test.xml" in files:
        count = count_cases(label, files["test.xml"])
    if result["status"] != "PASSED":
        count.failed = max(count.failed, 1)  # It may have died without a report.
        tell(f"==== {label}: {result['status']}")
        if "test.log" in files:
            log = files["test.log"].read_text(errors="replace")
            tell(log.partition("-" * 77 + "\n")[2] or log)  # Without Bazel's heading.
    return count


def count_run(events, status):
    """The Count of one run of Bazel, which ended with `status`."""
    total = Count()
    for line in events.read_text().splitlines():
        event = json.loads(line)
        identity = event["id"]
        if "testResult" in event:
            count = count_target(identity["testResult"]["label"], event["testResult"])
            total.passed += count.passed
            total.failed += count.failed
        elif "targetCompleted" in identity and not event.get("completed", {}).get("success"):
            tell(f"==== {identity['targetCompleted']['label']}: not built")
            total.failed += 1
    if status != 0 and total.failed == 0:
        tell(f"==== bazel ended with status {status}")
        total.failed += 1
    return total


def main():
    counts = [
        count_run(events, int(events.with_suffix(".status").read_text()))
        for events in map(pathlib.Path, sys.argv[1:])
    ]
    passed = sum(count.passed for count in counts)
    failed = sum(count.failed for count in counts)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
