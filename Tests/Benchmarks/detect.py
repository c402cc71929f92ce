#!/usr/bin/env python3
"""Scores `weir detect` on the labelled data with its one setting and prints the table of RESULTS.md.

  detect.py --weir .build/release/weir [--data /work/shared/datasets] [--tools /work/shared/tools/detect-eval] [--half 0|1]

--half takes every second file of each set only, to see how much a setting owes to the files it was chosen on.
Counting: event_eval.py and nab_score.py of the tools; an alert is a score of 0.5 and more.
"""
import argparse
import csv
import gzip
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile

KINDS = ("random", "bias", "drift", "malfunction", "polydrift", "mixed")
NO_ANOMALY = "artificialNoAnomaly"
JOIN = 30  # rows less apart are one alert


def text_of(path):
    opened = gzip.open(path, "rt", newline="") if path.endswith(".gz") else open(path, newline="")
    with opened as f:
        return f.read()


def files_of(folder, half):
    found = sorted(os.path.join(b, f) for b, _, fs in os.walk(folder) for f in fs if f.endswith((".csv", ".csv.gz")))
    return found if half is None else found[half::2]


class Bench:
    def __init__(self, arguments, folder):
        self.weir = shlex.split(arguments.weir)
        self.data, self.tools, self.half = arguments.data, arguments.tools, arguments.half
        self.folder = folder

    def scores(self, path, value, time):
        """The lines that the detector prints for a column of a file."""
        plain = os.path.join(self.folder, "in.csv")
        with open(plain, "w", newline="") as f:
            f.write(text_of(path))
        command = [*self.weir, "detect", plain, "--value", value, "--time", time]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def run(self, name, source, value, time, wanted=lambda path: True):
        """Scores the files of a folder; gives the folders of results and of the data they belong to."""
        results, data = (os.path.join(self.folder, name, part) for part in ("scores", "data"))
        for path in files_of(source, self.half):
            if not wanted(os.path.basename(path)):
                continue
            relative = os.path.relpath(path, source).removesuffix(".gz")
            for root, text in ((results, self.scores(path, value, time)), (data, text_of(path))):
                os.makedirs(os.path.dirname(os.path.join(root, relative)), exist_ok=True)
                with open(os.path.join(root, relative), "w", newline="") as f:
                    f.write(text)
        return results, data

    def tool(self, name, *arguments):
        command = [sys.executable, os.path.join(self.tools, name), *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def events(self, results, data, label):
        text = self.tool("event_eval.py", results, data, "--label", label)
        found = re.search(r"([\d.]+) days .*events (\d+) found (\d+) recall ([\d.]+) .*false (\d+) .*false/day ([\d.]+)"
                          r".*rows median (\S+) s median (\S+)", text)
        return dict(zip(("days", "events", "found", "recall", "false", "perDay", "rows", "seconds"), found.groups()))

    def faults(self):
        intel = os.path.join(self.data, "injected_faults/intel")
        for kind in KINDS:
            r = self.events(*self.run("intel_" + kind, intel, "temperature", "timestamp",
                                      lambda path, kind=kind: path.startswith(kind + "_")), "fault")
            yield "intel, " + kind, f"{r['recall']} ({r['found']}/{r['events']}), false/day {r['perDay']}, " \
                f"delay {r['rows']} rows"
        r = self.events(*self.run("santander", os.path.join(self.data, "injected_faults/santander"),
                                  "temperature", "timestamp"), "fault")
        yield "santander, mixed", f"{r['recall']} ({r['found']}/{r['events']}), false/day {r['perDay']}"
        for column in ("temperature", "humidity"):
            r = self.events(*self.run("suthaharan_" + column, os.path.join(self.data, "suthaharan"),
                                      column, "seconds"), "label")
            yield "suthaharan, " + column, f"{r['found']}/{r['events']} events, delay {r['seconds']} s, " \
                f"false {r['false']} in {r['days']} days"

    def implausible(self):
        """Rows from the first implausible row to the first alert within 100 rows, per mote."""
        source = os.path.join(self.data, "intel_lab/raw")
        for column in ("temperature", "humidity"):
            results, data = self.run("raw_" + column, source, column, "timestamp")
            delays = []
            for path in files_of(results, None):
                with open(path, newline="") as f:
                    scores = [float(row["anomaly_score"]) for row in csv.DictReader(f)]
                with open(os.path.join(data, os.path.basename(path)), newline="") as f:
                    first = next(i for i, row in enumerate(csv.DictReader(f)) if row["implausible"] == "1")
                delays.append(next((i - first for i in range(max(first - 3, 0), len(scores)) if scores[i] >= 0.5), None))
            yield f"intel_lab/raw, {column}, rows until alert", str(delays)

    def nab(self):
        results, data = self.run("nab", os.path.join(self.data, "nab/data"), "value", "timestamp")
        labels = os.path.join(self.data, "nab/labels/combined_windows.json")
        for name, fixed in (("best threshold", []), ("threshold 0.5", ["--threshold", "0.5"])):
            text = self.tool("nab_score.py", results, "--labels", labels, "--allow-missing", *fixed)
            standard = next(line for line in text.splitlines() if line.startswith("standard")).split()
            yield f"NAB standard, {name}", f"{standard[1]} (threshold {standard[3]}, found {standard[4]}, " \
                f"false rows {standard[5]})"
        alerts = []
        for path in files_of(os.path.join(results, NO_ANOMALY), None):
            with open(path, newline="") as f:
                alerts.append(sum(float(row["anomaly_score"]) >= 0.5 for row in csv.DictReader(f)))
        yield "NAB files without anomaly, rows with an alert", f"{sum(alerts)} {alerts}"

    def quiet(self):
        """Alerts a day on series without labels: most are real changes (somebody opens a window)."""
        for column in ("temperature", "humidity", "co2"):
            results, _ = self.run("occupancy_" + column, os.path.join(self.data, "occupancy"), column, "timestamp")
            rates = []
            for path in files_of(results, None):
                with open(path, newline="") as f:
                    rows = list(csv.DictReader(f))
                rows_with = [i for i, row in enumerate(rows) if float(row["anomaly_score"]) >= 0.5]
                count = sum(i - before > JOIN for before, i in zip([-JOIN - 1, *rows_with], rows_with))
                rates.append(count / (len(rows) / 1440))
            yield f"occupancy, {column}, alerts a day", f"{statistics.mean(rates):.2f}" if rates else "none"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--data", default="/work/shared/datasets")
    parser.add_argument("--tools", default="/work/shared/tools/detect-eval")
    parser.add_argument("--half", type=int, choices=(0, 1))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(parser.parse_args(), folder)
        for part in (bench.faults, bench.implausible, bench.nab, bench.quiet):
            for name, result in part():
                print(f"{name:48} {result}", flush=True)


if __name__ == "__main__":
    main()
