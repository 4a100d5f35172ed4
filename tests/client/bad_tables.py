#!/usr/bin/env python3
"""Tables that would use up memory, change while they are read, or should not be registered: refused with a clear
message, in bounded memory, with nothing left behind.

    bad_tables.py JANGBU

Memory is bounded by the kernel: the address space of the program is limited to ADDRESS_SPACE_MAX, which holds the
program and its libraries besides the profile_bytes_max of client/profile/profile.h."""
import json
import os
import pathlib
import pty
import resource
import subprocess
import sys
import tempfile
import threading
import time

JANGBU = sys.argv[1]
ADDRESS_SPACE_MAX = 512 << 20
MIB = 1 << 20
failures = 0


def check(condition, what):
    global failures
    if not condition:
        failures += 1
        print("FAILED:", what)


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX))


def run(*arguments, env=None):
    done = subprocess.run([JANGBU, *map(str, arguments), "--output", "json"], capture_output=True, stdin=subprocess.DEVNULL,
                          preexec_fn=limit, env=env)
    answer = json.loads(done.stdout) if done.stdout else {}
    return done.returncode, answer, done.stderr.decode("utf-8", "replace")


def long_lines(folder):
    """1 GiB without a line end; and 1 GiB as one row of a small table."""
    file = folder / "long.csv"
    with file.open("wb") as out:
        for _ in range(1024):
            out.write(b"1234567," * (MIB // 8))
    code, answer, _ = run("dataset", "profile", file)
    check(code == 7 and "line 1" in answer["detail"], f"1 GiB in one line: {code} {answer.get('detail')}")
    with file.open("r+b") as out:
        out.write(b"a,b\n1,2\n3")
    code, profile, error = run("dataset", "profile", file)
    check(code == 0 and profile["ragged_rows"] == 1 and profile["rows"] == 2, f"a row of 1 GiB: {code} {error}")
    code, scan, error = run("dataset", "scan", file)
    check(code == 0 and scan["clean"], f"scan of a line of 1 GiB: {code} {error}")
    file.unlink()


def wide_tables(folder):
    """As many columns as a profile takes, all of them with many values; and 256 with the largest sketches."""
    for columns, rows in ((4096, 700), (256, 3000)):
        file = folder / f"wide{columns}.csv"
        with file.open("w") as out:
            out.write(",".join(f"c{i}" for i in range(columns)) + "\n")
            for row in range(rows):
                out.write(",".join(f"{(row * 7919 + i * 104729) % 1000003 / 100}" for i in range(columns)) + "\n")
        code, profile, error = run("dataset", "profile", file)
        check(code == 0 and len(profile.get("columns", ())) == columns, f"{columns} columns: {code} {error[:300]}")
        file.unlink()


def growing_file(folder):
    """Written to while it is read: a conflict, and no output."""
    file, out = folder / "growing.csv", folder / "profile.json"
    with file.open("w") as rows:
        rows.write("a,b\n")
        for row in range(4_000_000):
            rows.write(f"{row},{row * 7 % 1001}\n")
    stop = threading.Event()

    def grow():
        with file.open("a") as rows:
            while not stop.is_set():
                rows.write("1,2\n")
                rows.flush()
                time.sleep(0.001)
    writer = threading.Thread(target=grow)
    writer.start()
    code, answer, _ = run("dataset", "profile", file, "--format", "json", "--out", out)
    stop.set()
    writer.join()
    check(code == 1 and answer.get("code") == "conflict" and not out.exists(), f"a file that grows: {code} {answer}")
    file.unlink()


def refused_registration(folder):
    """Findings, a faulty dictionary, a table that cannot be profiled: refused before anything is signed or saved."""
    env = {**os.environ, "JANGBU_PASSWORD": "x", "JANGBU_NODE": "http://127.0.0.1:9"}
    home = folder / "home"
    person = folder / "person.csv"
    person.write_text("성명,값\n홍길동,1\n김철수,2\n")
    code, answer, error = run("--home", home, "dataset", "register", person, env=env)
    check(code == 2 and "--accept-findings" in answer["detail"] and "speak of persons" in error and not home.exists(),
          f"findings without a terminal: {code} {error}")
    dictionary = folder / "faulty.toml"
    dictionary.write_text('format = "jangbu-dictionary/1"\n[[column]]\nname = "a"\nmin = 3\nmax = 2\n')
    table = folder / "table.csv"
    table.write_text("a,b\n1,2\n3,4\n")
    code, answer, _ = run("--home", home, "dataset", "register", table, "--dictionary", dictionary, env=env)
    check(code == 7 and "line 2: min is above max" in answer["detail"] and not home.exists(), f"faulty dictionary: {answer}")
    nul = folder / "nul.csv"
    nul.write_bytes(b"a,b\n1,\x00\n")
    code, answer, _ = run("--home", home, "dataset", "register", nul, "--profile", env=env)
    check(code == 7 and "line 2, byte 3" in answer["detail"] and not home.exists(), f"no table: {answer}")
    draft = folder / "kept.toml"
    draft.write_text("mine")
    code, answer, _ = run("dataset", "dictionary", "draft", table, "--out", draft)
    check(code == 7 and draft.read_text() == "mine", "a draft does not write over a file")
    asked_on_a_terminal(home, person, env)


def asked_on_a_terminal(home, person, env):
    for typed, expected in ((b"n\n", "nothing was registered"), (b"y\n", None)):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(JANGBU, [JANGBU, "--home", str(home), "dataset", "register", str(person)], env)
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(terminal, 4096)
        os.write(terminal, typed)
        try:
            while piece := os.read(terminal, 4096):
                seen += piece
        except OSError:
            pass  # Linux says so when the other side is closed
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if expected:
            check(code == 4 and expected.encode() in seen and not home.exists(), f"no on a terminal: {code} {seen}")
        else:
            # It goes on, to a node that is not there.
            check(code in (2, 3, 5, 7) and b"nothing was registered" not in seen, f"yes on a terminal: {code} {seen}")


with tempfile.TemporaryDirectory() as temporary:
    for one in (long_lines, wide_tables, growing_file, refused_registration):
        started = time.monotonic()
        one(pathlib.Path(temporary))
        print(f"{one.__name__}: {time.monotonic() - started:.1f} s")
print(f"{failures} failures")
sys.exit(1 if failures else 0)
