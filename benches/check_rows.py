#!/usr/bin/env python3
"""check_rows.py BUILD: scripts/bench verification at its smallest, with the programs of BUILD, must give well-formed
rows for every case, tier and peer; wrong arguments are refused. Figures are not looked at."""
import json
import math
import pathlib
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent.parent / "scripts" / "bench"
BUILD = sys.argv[1]
NUMBER = (int, float)  # JSON writes 170.0 as 170
FIELDS = {"name": str, "tier": str, "value": NUMBER, "unit": str, "peer": str, "ratio": NUMBER}
CASES = 14


def bench(*arguments):
    return subprocess.run([BENCH, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def check(condition, what):
    if not condition:
        raise SystemExit(f"check_rows: {what}")


def check_refusals():
    for wrong, word in [(["validaton"], "validaton"), ([], "subject"), (["verification", "--seconds", "-1"], "--seconds"),
                        (["verification", "--fast"], "--fast")]:
        answer = bench(*wrong)
        check(answer.returncode == 2 and word in answer.stderr, f"{wrong}: exit {answer.returncode}: {answer.stderr}")
    answer = bench("verification", "--build-dir", BUILD, "--tier", "avx1024")
    check(answer.returncode == 1 and "avx1024" in answer.stderr, f"unknown tier: {answer.stderr}")
    answer = subprocess.run([sys.executable, BENCH, "verification", "--build-dir", BUILD, "--peers"], env={"PATH": ""},
                            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    check(answer.returncode == 1 and "cargo" in answer.stderr and "apt-get" in answer.stderr,
          f"without toolchains: {answer.returncode}: {answer.stderr}")
    answer = bench("verification", "--build-dir", "/nonexistent")
    check(answer.returncode == 1 and "/nonexistent" in answer.stderr, f"unknown build: {answer.stderr}")


def check_row(row):
    check(row.keys() == FIELDS.keys(), f"fields: {row}")
    check(all(isinstance(row[name], kind) for name, kind in FIELDS.items()), f"types: {row}")
    check(row["unit"] in ("us per signature", "us per key"), f"unit: {row}")
    check(all(math.isfinite(row[name]) and row[name] > 0 for name in ("value", "ratio")), f"figures: {row}")


def check_rows(rows, tiers):
    for row in rows:
        check_row(row)
    keys = [(row["name"], row["tier"], row["peer"]) for row in rows]
    check(len(set(keys)) == len(keys), "a row comes twice")
    cases = {name for name, _, _ in keys} - {"verification"}
    check(len(cases) == CASES, f"{len(cases)} cases")
    for case in cases:
        for tier in tiers:
            check((case, tier, "libsodium") in keys, f"no row of {case} on {tier} against libsodium")
    headlines = [row for row in rows if row["name"] == "verification"]
    check(len(headlines) == 1 and headlines[0]["tier"] == tiers[-1], f"headline: {headlines}")
    # The headline is the ratio to the fastest peer, so no other row of its case may be smaller.
    ratios = [row["ratio"] for row in rows if (row["name"], row["tier"]) == ("batch 4096, 64 keys", tiers[-1])]
    check(headlines[0]["ratio"] == min(ratios), f"headline {headlines[0]}, rows {ratios}")


def main():
    check_refusals()
    tiers = subprocess.run([f"{BUILD}/benches/verification_bench", "--tiers"], capture_output=True, text=True).stdout.split()
    check(tiers and tiers[0] == "portable", f"tiers: {tiers}")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rows.json"
        answer = bench("verification", "--build-dir", BUILD, "--seconds", "0", "--json", str(file))
        check(answer.returncode == 0, answer.stderr)
        check("batch 4096, 64 keys" in answer.stdout and "CPU:" in answer.stdout, answer.stdout)
        check_rows(json.loads(file.read_text(encoding="utf-8")), tiers)


main()
