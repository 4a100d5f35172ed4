#!/usr/bin/env python3
"""Followers and witnesses with the real programs on loopback. Each test is one command.
usage: follow_e2e.py BUILD TEST [COUNT]"""
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from consortium import Consortium, die_with_parent  # noqa: E402
from e2e import SEED, check  # noqa: E402

WITNESSES = ("agency", "agent")  # auditors here: who reads blocks has that role
ROLES = {"agency": '["programme_owner", "attestor", "tag_authority", "auditor"]',
         "agent": '["settlement_agent", "auditor"]'}


def wait_for(what, condition, seconds=90):
    for _ in range(seconds * 10):
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise SystemExit(f"FAILED: {what}: not within {seconds} s (seed {SEED})")


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return json.loads(answer.read())


class Follower:
    """`jangbud follow` of one member, as a witness if it has a witness key."""

    def __init__(self, c, member, key=None, url=None, name="follower", flags=()):
        self.c, self.member, self.key, self.flags = c, member, key, flags
        self.url = url or f"http://127.0.0.1:{c.port}"
        self.home = c.folder / f"{member}-{name}"
        self.process = None

    def start(self, expect_up=True):
        port_file = self.home.with_suffix(".port")
        port_file.unlink(missing_ok=True)
        self.log = open(self.home.with_suffix(".log"), "ab")
        command = [str(self.c.bin / "jangbud"), "follow", self.url, "--genesis", self.c.chain_id, "--home", str(self.home),
                   "--http.port", "0", "--port-file", str(port_file), "--verification.threads", "1",
                   "--key", str(self.c.folder / f"{self.member}.operate"), *map(str, self.flags)]
        if self.key:
            command += ["--witness", str(self.c.folder / f"{self.member}.witness")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env=self.c.environment, preexec_fn=die_with_parent())
        if expect_up:
            wait_for("the follower answers", lambda: self.process.poll() is not None or
                     (port_file.exists() and port_file.read_text().strip()))
            check(self.process.poll() is None, "the follower runs: " + self.tail())
            self.port = int(port_file.read_text())
        return self

    def status(self):
        return get(self.port, "/v1/status")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self):
        self.process.terminate()
        check(self.process.wait(60) == 0, "the follower ends well: " + self.tail())
        self.log.close()

    def ends(self):
        """Its exit code, when it ends by itself."""
        code = self.process.wait(90)
        self.log.close()
        return code

    def tail(self):
        return self.home.with_suffix(".log").read_text(errors="replace")[-3000:]


def consortium(build, folder, *flags, parameters=None):
    c = Consortium(build, folder / "consortium")
    c.make(parameters, roles=ROLES)
    c.start(*flags)
    return c


def keys_of(c, member):
    """The operate key that reads blocks, and the witness key, which the ledger then knows."""
    c.jangbu(member, "keys", "export-operate", "--out", c.folder / f"{member}.operate")
    answer = c.jangbu(member, "keys", "export-witness", "--out", c.folder / f"{member}.witness")
    c.jangbu(member, "keys", "add", "witness")
    return answer["key"]


def head(port):
    answer = get(port, "/v1/head")
    return int(answer["height"]), answer["header_hash"]


def two_witnesses(build, folder, _count):
    """A solo node with two witnesses: certificate and receipt at level E1, and the same reads from a follower."""
    c = consortium(build, folder)
    keys = [keys_of(c, member) for member in WITNESSES]
    followers = [Follower(c, member, key).start() for member, key in zip(WITNESSES, keys)]
    file = folder / "data.csv"
    c.jangbu("seller", "simulate", "cnc", "--seed", 3, "--rows", 2_000, "--out", file)
    dataset = c.jangbu("seller", "dataset", "register", file, "--origin", "simulated")["id"]
    certificate = folder / "certificate.json"
    c.jangbu("seller", "dataset", "certificate", dataset, "--out", certificate, "--witnesses", 2)

    third = "ab" * 32
    pinned = ",".join([*keys, third])
    genesis = ("--genesis", c.chain_id)
    verified = c.jangbu("buyer", "verify", certificate, *genesis, "--witness", f"2of3:{pinned}")
    check(verified["level"] == "E1", f"two of three witnesses: {verified}")
    check(sorted(verified["witnesses"]) == sorted(keys), "both witnesses are named")
    check(c.jangbu("buyer", "verify", certificate, *genesis)["level"] == "E0", "who pins nobody has one operator's word")
    check(c.jangbu("buyer", "verify", certificate, *genesis, "--witness", keys[0])["level"] == "E1", "one is enough if asked")
    short = c.jangbu("buyer", "verify", certificate, *genesis, "--witness", f"3of3:{pinned}", expect=6)
    check("3 were asked for" in short["detail"], f"three are not there: {short}")
    for wrong in ("2of3:" + keys[0], "0of1:" + keys[0], "2of1:" + keys[0], "xofy:" + keys[0], keys[0] + "," + keys[1],
                  f"2of2:{keys[0]},{keys[0]}", "zz"):
        c.jangbu("buyer", "verify", certificate, *genesis, "--witness", wrong, expect=2)

    for follower, key in zip(followers, keys):
        wait_for("the follower is at the head", lambda: head(follower.port) == head(c.port))
        status = follower.status()
        check(status["following"]["witness"] == key and status["following"]["trouble"] is None, f"its status: {status}")
        check(status["chain_id"] == c.chain_id, "the same ledger")
    mine, theirs = (c.jangbu("buyer", "--node", f"http://127.0.0.1:{port}", "dataset", "show", dataset)
                    for port in (followers[0].port, c.port))
    check(mine == theirs, "a follower gives the same answers")
    refused = c.jangbu("agent", "--node", f"http://127.0.0.1:{followers[0].port}", "credits", "mint", "--to", c.org["buyer"],
                       "--amount", 5, "--bank-ref", "x", expect=5)
    check("submit there" in refused["detail"], f"a follower takes no transactions: {refused}")
    with urllib.request.urlopen(f"http://127.0.0.1:{followers[0].port}/metrics", timeout=20) as answer:
        metrics = answer.read().decode()
    for name in ("jangbu_follow_lag_blocks 0", "jangbu_follow_trouble 0", "jangbu_witness_refuses 0", "jangbu_cosigned_height"):
        check(name in metrics, f"{name} in the metrics")
    for follower in followers:
        follower.stop()
    c.stop()
    shutil.rmtree(c.folder / "node")
    verified = c.jangbu("buyer", "verify", certificate, *genesis, "--witness", f"2of3:{pinned}")
    print(f"VERIFIED {verified['level']} offline, {len(verified['witnesses'])} witnesses, height {verified['height']}")


LIES = {  # lie -> what convicts, or None where nothing that was signed is false
    "wrong_root": "state_root", "forked_epoch": "another epoch", "back_dated": "time does not advance",
    "rewritten_history": "cannot both be true", "withheld_block": None, "unsigned_root": None}


def lying_node(build, folder, _count):
    """A node that lies, with its validator's key: each lie is caught, and what was signed convicts offline."""
    c = consortium(build, folder)
    for member in WITNESSES:
        keys_of(c, member)
    for i in range(3):
        c.mint("buyer", 1_000 + i, f"bank-{i}")
    height = head(c.port)[0]
    for lie, convicts in LIES.items():
        port_file = folder / f"{lie}.port"
        liar = subprocess.Popen(
            [str(pathlib.Path(build) / "tests" / "e2e" / "lying_node"), "--node", f"http://127.0.0.1:{c.port}", "--keystore",
             str(c.folder / "validator.keystore"), "--lie", lie, "--from", str(height), "--port-file", str(port_file)],
            env=c.environment, preexec_fn=die_with_parent())
        wait_for("the liar answers", port_file.exists)
        follower = Follower(c, "agent", True, f"http://127.0.0.1:{int(port_file.read_text())}", lie)
        if convicts is None:
            follower.start()
            trouble = wait_for(f"{lie} is told", lambda: follower.status()["following"]["trouble"])
            status = follower.status()
            check(int(status["height"]) == height - 1, "nothing is taken for it")
            check(int(status["following"]["cosigned_height"]) < height, "nor cosigned")
            print(f"{lie}: not taken: {trouble}", flush=True)
            follower.stop()
            check(not list(follower.home.glob("*-*.json")) and not list(follower.home.glob("*.bin.*")), "nobody is accused")
        else:
            follower.start(expect_up=False)
            check(follower.ends() == 6, f"{lie} ends the follower: " + follower.tail())
            evidence = [*follower.home.glob("fraud-*.json"), *follower.home.glob("divergence-*.bin")]
            check(len(evidence) == 1, f"{lie} leaves one file: {evidence}")
            moved = folder / evidence[0].name
            shutil.copy(evidence[0], moved)
            text = c.run([str(c.bin / "jangbu"), "--home", str(folder / "nobody"), "verify", str(moved), "--genesis", c.chain_id]).stdout
            check("VERIFIED FRAUD" in text and convicts in text, f"{lie} is convicted offline: {text}")
            print(f"{lie}: {text.splitlines()[0]}", flush=True)
            moved.write_bytes(moved.read_bytes()[:-40])
            check(c.jangbu("buyer", "verify", moved, "--genesis", c.chain_id, expect=6), "a part of it convicts nobody")
            check(follower.start(expect_up=False).ends() == 6, "and it does not start again as if nothing was")
        liar.kill()
        liar.wait()
    c.stop()


def rewritten_ledger(build, folder, _count):
    """The operator goes back to an older copy of the ledger and goes on from there. The witness convicts it."""
    c = consortium(build, folder)
    key = keys_of(c, "agent")
    c.stop()
    shutil.copytree(c.folder / "node", c.folder / "older")
    c.start()
    for i in range(3):
        c.mint("buyer", 1_000 + i, f"bank-{i}")
    follower = Follower(c, "agent", key).start()
    wait_for("the follower is at the head", lambda: head(follower.port) == head(c.port))
    c.stop()
    shutil.rmtree(c.folder / "node")
    (c.folder / "older").rename(c.folder / "node")
    for member in ("agent", "buyer"):
        (c.folder / member / "head.json").unlink(missing_ok=True)  # in league with the operator
    c.start()
    for i in range(5):
        c.mint("buyer", 2_000 + i, f"other-{i}")
    check(follower.ends() == 6, "the rewritten ledger ends the follower: " + follower.tail())
    evidence = list(follower.home.glob("fraud-*.json"))
    check(len(evidence) == 1, "with one file")
    text = c.run([str(c.bin / "jangbu"), "--home", str(folder / "nobody"), "verify", str(evidence[0]), "--genesis", c.chain_id]).stdout
    check("VERIFIED FRAUD" in text, f"that convicts: {text}")
    print(text.splitlines()[0])
    c.stop()


def killed_follower(build, folder, count):
    """kill -9 of a follower at random moments while blocks are made: it goes on, ends at the same head, accuses nobody."""
    chance = random.Random(SEED)
    c = consortium(build, folder)
    key = keys_of(c, "agency")
    follower = Follower(c, "agency", key)
    minted = 0
    for _ in range(int(count)):
        follower.start()
        for _ in range(chance.randrange(3)):
            minted += 1
            c.mint("buyer", 1_000 + minted, f"bank-{minted}")
        time.sleep(chance.uniform(0, 0.6))
        follower.kill()
    # And from zero, killed on the way.
    shutil.rmtree(follower.home / "chain")
    for _ in range(3):
        follower.start(expect_up=False)
        time.sleep(chance.uniform(0.1, 0.8))
        follower.kill()
    follower.start()
    wait_for("the follower is at the head", lambda: head(follower.port) == head(c.port))
    check(follower.status()["following"]["trouble"] is None, "and has no trouble")
    check(not list(follower.home.glob("fraud-*")) and not list(follower.home.glob("divergence-*")), "nobody is accused")
    wait_for("it cosigns again", lambda: int(follower.status()["following"]["cosigned_height"]) == head(c.port)[0])
    print(f"{int(count) + 3} kills, {minted} blocks made meanwhile, head {head(c.port)[0]}")
    follower.stop()
    c.stop()


def wrong_start(build, folder, _count):
    """What an operator can get wrong is told in one sentence, with the exit code of its kind."""
    c = consortium(build, folder)
    c.jangbu("agency", "keys", "export-operate", "--out", c.folder / "agency.operate")
    c.jangbu("seller", "keys", "export-operate", "--out", c.folder / "seller.operate")
    url = f"http://127.0.0.1:{c.port}"

    def follow(code, said, *arguments):
        done = c.run([str(c.bin / "jangbud"), "follow", "--home", str(folder / "home"), *map(str, arguments)], expect=code)
        check(said in done.stderr, f"{arguments}: {done.stderr}")

    key = ("--key", c.folder / "agency.operate")
    follow(2, "URL is required", "--genesis", c.chain_id)
    follow(2, "chain id", url, "--genesis", "abc", *key)
    follow(6, "another ledger", url, "--genesis", "ab" * 32, *key)
    follow(5, "no answer", "http://127.0.0.1:1", "--genesis", "ab" * 32, *key)
    follow(2, "give --key or --witness", url, "--genesis", c.chain_id)
    follow(3, "no-such", url, "--genesis", c.chain_id, "--key", folder / "no-such.keystore")
    # A member without the role is refused by the node, and its follower says so.
    member = Follower(c, "seller").start()
    trouble = wait_for("the refusal is told", lambda: member.status()["following"]["trouble"])
    check("validators and auditors" in trouble, trouble)
    member.stop()
    c.stop()


TESTS = {test.__name__: test for test in (two_witnesses, lying_node, rewritten_ledger, killed_follower, wrong_start)}

if __name__ == "__main__":
    print(f"{sys.argv[2]}: seed {SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place), sys.argv[3] if len(sys.argv) > 3 else "0")
