#!/usr/bin/env python3
"""Runs programs, two at a time, and fails unless all print the same.

    equal_outputs.py NAME=COMMAND NAME=COMMAND ...
"""
import concurrent.futures
import os
import shlex
import subprocess
import sys
import time


def run(named):
    name, command = named.split("=", 1)
    begin = time.monotonic()
    done = subprocess.run(shlex.split(command), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"{name}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return name, done.stdout, time.monotonic() - begin


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, sys.argv[1:]))
    first = results[0][1]
    print(first)
    for name, output, seconds in results:
        print(f"{'same' if output == first else 'DIFFERENT'}  {name}  {seconds:.0f} s")
    for name, output, _ in results:
        if output != first:
            sys.exit(f"{name} printed:\n{output}")


main()
