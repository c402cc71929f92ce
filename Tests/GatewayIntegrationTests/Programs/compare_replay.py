"""Compares JSON lines on standard input with the recordings they were replayed from.

usage: weir events read telemetry --json | compare_replay.py FILE.csv.gz...

Every row must be there exactly once, per device in the file's order, with the file's own digits and no label column.
Prints the number of rows, or the first difference.
"""

import csv
import gzip
import json
import os
import sys


def rows(path):
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            body = {"ts": row.pop("timestamp").replace(" ", "T") + ".000Z"}
            row.pop("implausible")
            body.update((name, value) for name, value in row.items() if value)
            yield body


expected = {os.path.basename(path).split(".")[0]: rows(path) for path in sys.argv[1:]}
count = 0
for line in sys.stdin:
    record = json.loads(line, parse_float=str, parse_int=str)
    wanted = next(expected[record["deviceId"]], None)
    if record["body"] != wanted:
        sys.exit(f"{record['deviceId']} offset {record['offset']}: {record['body']} in the log, {wanted} in the file")
    count += 1
for device, rest in expected.items():
    if next(rest, None) is not None:
        sys.exit(f"{device}: rows of the file are missing in the log")
print(count)
