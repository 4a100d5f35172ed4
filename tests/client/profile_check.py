#!/usr/bin/env python3
"""A profile against an independent computation: the csv, statistics and collections modules of Python.

    profile_check.py JANGBU

Tables of several shapes and sizes are made from a fixed seed, profiled by the real program and computed again here.
Counts, extremes and top values must be equal, means and deviations to 9 digits, quantiles and distinct counts within
the errors that the profile itself states."""
import bisect
import collections
import csv
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

MISSING = {"", "NA", "-"}


def make_table(path, seed, rows):
    rng = random.Random(seed)
    level = 20.0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["time", "level", "skewed", "count", "state", "lot", "memo", "few", "held"])
        held = "0"
        for row in range(rows):
            level += rng.gauss(0, 0.05)
            if rng.random() < 0.02:
                held = str(rng.randint(-5, 5))
            writer.writerow([
                f"2026-01-{1 + row // 86400:02}T{row // 3600 % 24:02}:{row // 60 % 60:02}:{row % 60:02}",
                "" if rng.random() < 0.03 else f"{level:.4f}",
                f"{rng.expovariate(1) ** 4:.6g}",
                rng.randint(-10**6, 10**6),
                rng.choice(["운전", "정지", "운전", "알람", "NA"]),
                f"LOT{rng.randint(1, 3000):05}",
                f"memo, with \"quotes\"\nand line {rng.randint(1, 50)}" if rng.random() < 0.01 else "x",
                rng.choice([1, 1, 1, 2, 2, 3]),
                held])


def near(a, b, share=1e-9):
    return math.isclose(a, b, rel_tol=share, abs_tol=1e-12)


def rank_range(ordered, value):
    """Ranks (share of values at or below) that a value may stand for."""
    return bisect.bisect_left(ordered, value) / len(ordered), bisect.bisect_right(ordered, value) / len(ordered)


def check_column(name, cells, column, fault):
    present = [cell for cell in cells if cell not in MISSING]
    if column["missing"] != len(cells) - len(present):
        fault(name, "missing", column["missing"], len(cells) - len(present))
    counts = collections.Counter(present)
    error = column["distinct_relative_error"]
    if error == 0 and column["distinct"] != len(counts):
        fault(name, "distinct", column["distinct"], len(counts))
    # Five standard errors: once in two million.
    if abs(column["distinct"] - len(counts)) > 5 * error * len(counts):
        fault(name, "distinct (estimated)", column["distinct"], len(counts))
    for top in column["top_values"]:
        text = top["value"]
        if text.endswith("…"):
            continue
        if not top["count"] <= counts[text] <= top["count"] + column["top_values_count_error"]:
            fault(name, f"top value {text}", top["count"], counts[text])
    if error == 0 and column["top_values"]:
        most = sorted(counts.values(), reverse=True)[:len(column["top_values"])]
        if [top["count"] for top in column["top_values"]] != most:
            fault(name, "top counts", column["top_values"], most)
    else:
        # No value that is more frequent than the stated error may be left out of a list that is not full.
        shown = {top["value"] for top in column["top_values"]}
        for text, count in counts.most_common(3):
            if count > 2 * column["top_values_count_error"] and len(shown) < 10 and text not in shown \
                    and column["type"] != "time":
                fault(name, "a frequent value is not shown", None, (text, count))
    if "numbers" in column:
        check_numbers(name, [float(cell) for cell in present], column["numbers"], fault)


def check_numbers(name, values, numbers, fault):
    ordered = sorted(values)
    expected = {"count": len(values), "min": ordered[0], "max": ordered[-1], "mean": math.fsum(values) / len(values),
                "standard_deviation": statistics.stdev(values)}
    for key, value in expected.items():
        if not near(numbers[key], value):
            fault(name, key, numbers[key], value)
    for share, value in numbers["quantiles"].items():
        low, high = rank_range(ordered, value)
        # The stated error holds with a probability of 99 %; twice it for each of many.
        slack = 2 * numbers["quantile_rank_error"]
        if not low - slack <= float(share) <= high + slack + 1 / len(ordered):
            fault(name, f"quantile {share}", value, (low, high))
    histogram = numbers["histogram"]
    width, start = histogram["bin_width"], histogram["start"]
    counted = collections.Counter(math.floor((value - start) / width) for value in values)
    if [counted[i] for i in range(len(histogram["counts"]))] != histogram["counts"] or \
            sum(histogram["counts"]) != len(values):
        fault(name, "histogram", histogram["counts"], dict(counted))


def main():
    faults = []
    with tempfile.TemporaryDirectory() as temporary:
        for seed, rows in ((1, 1), (2, 2), (3, 40), (4, 1000), (5, 20_000), (6, 120_000)):
            path = pathlib.Path(temporary) / f"table{seed}.csv"
            make_table(path, seed, rows)
            done = subprocess.run([sys.argv[1], "dataset", "profile", path, "--format", "json"],
                                  capture_output=True, check=True)
            profile = json.loads(done.stdout)
            with path.open(encoding="utf-8", newline="") as source:
                table = list(csv.DictReader(source))

            def fault(*what):
                faults.append((rows, *what))
            if profile["rows"] != len(table):
                fault("rows", profile["rows"], len(table))
            for column in profile["columns"]:
                cells = [row[column["name"]] for row in table]
                if len(cells) < 2 and "numbers" in column:
                    continue  # no deviation of one value
                check_column(column["name"], cells, column, fault)
            print(f"{rows} rows, {len(profile['columns'])} columns: {len(faults)} differences so far")
    for one in faults[:40]:
        print("differs:", *one)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
