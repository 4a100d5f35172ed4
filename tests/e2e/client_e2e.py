#!/usr/bin/env python3
"""The client against the real daemon: killed at random moments it continues and never acts twice; a rewritten ledger is
noticed and convicted. usage: client_e2e.py BUILD TEST"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium, Failed, die_with_parent  # noqa: E402

SEED = int(os.environ.get("JANGBU_SEED", time.time_ns() % 1_000_000))


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what} (seed {SEED})")


def killed_client(build, folder):
    """kill -9 of every command of a trade at random moments; each is run again until it ends."""
    chance = random.Random(SEED)
    c = Consortium(build, folder / "consortium")
    c.make()
    c.start()
    c.mint("buyer", 100_000_000, "bank-1")
    c.mint("seller", 10_000_000, "bank-2")
    file, bought = folder / "data.csv", folder / "bought.csv"
    c.jangbu("seller", "simulate", "cnc", "--seed", 3, "--rows", 100_000, "--out", file)
    kills = 0

    def again(member, *arguments):
        nonlocal kills
        command = [str(c.bin / "jangbu"), "--home", str(c.folder / member), "--output", "json", "--yes",
                   *map(str, arguments)]
        for _ in range(4):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True, env=c.environment, preexec_fn=die_with_parent())
            try:
                out, err = process.communicate(timeout=chance.uniform(0.2, 3.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
                continue
            if process.returncode != 0:
                raise Failed(command, process.returncode, out, err)
        return c.jangbu(member, *arguments)

    dataset = again("seller", "dataset", "register", file, "--origin", "simulated")["id"]
    listing = again("seller", "listing", "publish", dataset, "--price", 1_000_000, "--title", "절삭가공")["id"]
    order = again("buyer", "order", "place", listing)["id"]
    again("seller", "order", "accept", order)
    again("buyer", "order", "fetch", order)
    again("seller", "order", "key", order)
    again("buyer", "order", "open", order, "--out", bought)
    check(c.jangbu("buyer", "order", "show", order)["state_name"] == "SETTLED", "the trade settles")
    check(bought.read_bytes() == file.read_bytes(), "the bought file is the registered one")
    check(len(c.jangbu("seller", "dataset", "list")["items"]) == 1, "one dataset")
    check(len(c.jangbu("buyer", "listing", "search", "절삭")["items"]) == 1, "one listing")
    check(len(c.jangbu("buyer", "order", "list")["items"]) == 1, "one order")
    check(c.account("buyer")["available"] == 98_900_000, "the buyer paid once")
    check(c.account("seller")["available"] == 11_090_000, "the seller was paid once")
    c.stop()
    print(f"{kills} kills, nothing done twice")


def rewritten_ledger(build, folder):
    """The operator starts the chain anew. The client sees that blocks are gone, then that two signed heads contradict."""
    c = Consortium(build, folder / "consortium")
    c.make()
    c.start()
    for i in range(3):
        c.mint("buyer", 1_000 + i, f"bank-{i}")
    before = c.jangbu("buyer", "query", "status")
    c.stop()
    shutil.rmtree(c.folder / "node" / "chain")
    (c.folder / "node" / "last-signed").unlink()
    (c.folder / "agent" / "head.json").unlink()  # the agent is in league with the operator
    c.start()
    gone = c.jangbu("buyer", "query", "status", expect=6)
    check("was seen before" in gone["detail"], f"the client says that blocks are gone: {gone}")
    for i in range(5):
        c.mint("buyer", 2_000 + i, f"other-{i}")
    rewritten = c.jangbu("buyer", "query", "status", expect=6)
    check("CONTRADICT" in rewritten["detail"], f"the client says that the ledger was rewritten: {rewritten}")
    fraud = c.folder / "buyer" / f"fraud-{before['height']}.json"
    convicted = c.jangbu("buyer", "verify", fraud)
    check(convicted["height"] == before["height"], "the saved heads convict the validator")
    saved = json.loads(fraud.read_text())
    saved["head"] = saved["pinned"]
    saved["proof"] = ""
    fraud.write_text(json.dumps(saved))
    c.jangbu("buyer", "verify", fraud, expect=6)
    c.stop()


TESTS = {test.__name__: test for test in (killed_client, rewritten_ledger)}

if __name__ == "__main__":
    print(f"{sys.argv[2]}: seed {SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place))
