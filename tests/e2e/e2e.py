#!/usr/bin/env python3
"""End-to-end tests with the real daemon and the real command line. `e2e.py BUILD NAME [COUNT]` runs one; ctest runs all.
Prints its seed; JANGBU_SEED=N repeats a run."""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium, Failed, die_with_parent  # noqa: E402

PRICE = 1_000_000
SEED = int(os.environ.get("JANGBU_SEED", time.time_ns() % 1_000_000))


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what} (seed {SEED})")


class Trade:
    """One trade, a step at a time; each step can be repeated."""

    STEPS = ("register", "list", "place", "accept", "fetch", "key", "open")

    def __init__(self, consortium, folder, number=1, rows=3000):
        self.c, self.folder = consortium, folder
        self.file = folder / f"data-{number}.csv"
        self.c.jangbu("seller", "simulate", "cnc", "--seed", number, "--rows", rows, "--out", self.file)
        self.bought = folder / f"bought-{number}.csv"
        self.number = number
        self.acknowledged = []

    def register(self):
        answer = self.c.jangbu("seller", "dataset", "register", self.file, "--origin", "simulated")
        self.dataset = answer["id"]
        return answer

    def list(self):
        answer = self.c.jangbu("seller", "listing", "publish", self.dataset, "--price", PRICE, "--title",
                               f"절삭가공 {self.number}", "--summary", "시험", "--licence", "use", "--category", 1)
        self.listing = answer["id"]
        return answer

    def place(self):
        answer = self.c.jangbu("buyer", "order", "place", self.listing)
        self.order = answer["id"]
        return answer

    def accept(self):
        return self.c.jangbu("seller", "order", "accept", self.order, "--file", self.file)

    def fetch(self):
        return self.c.jangbu("buyer", "order", "fetch", self.order)

    def key(self):
        return self.c.jangbu("seller", "order", "key", self.order, "--evidence", "E0")

    def open(self):
        return self.c.jangbu("buyer", "order", "open", self.order, "--out", self.bought)

    def do(self, step):
        answer = getattr(self, step)()
        if answer.get("txid"):
            self.acknowledged.append((step, answer["txid"]))
        return answer

    def state(self):
        return self.c.jangbu("buyer", "order", "show", self.order)["state_name"]

    def finish(self, since=0):
        for step in self.STEPS[since:]:
            self.do(step)
        check(self.state() == "SETTLED", f"trade {self.number} settles, not {self.state()}")
        check(self.bought.read_bytes() == self.file.read_bytes(), "the bought file is the registered one")

    def check_acknowledged(self):
        for step, txid in self.acknowledged:
            answer = self.c.jangbu("buyer", "query", "tx", txid)
            check(answer["status"] == "committed" and answer["code"] == 0, f"{step} {txid} was acknowledged and is lost")


def consortium(build, folder, parameters=None):
    c = Consortium(build, folder / "consortium")
    c.make(parameters)
    c.start()
    c.mint("buyer", 900_000_000, "bank-1")
    c.mint("seller", 100_000_000, "bank-2")
    return c


def restart_in_each_state(build, folder, _count):
    """kill -9 after every step, another start, the next step."""
    c = consortium(build, folder)
    trade = Trade(c, folder)
    for step in Trade.STEPS:
        trade.do(step)
        c.kill()
        c.start()
        trade.check_acknowledged()
    check(trade.state() == "SETTLED", "the trade is settled")
    c.stop()
    check_no_plaintext(c, trade)


def check_no_plaintext(c, trade):
    """What the operator keeps never shows the data, not even of a settled trade (no sample was published here)."""
    content = trade.file.read_bytes()
    pieces = [content[at:at + 48] for at in range(0, len(content) - 48, max(1, len(content) // 200))]
    files = [path for path in (c.folder / "node").rglob("*") if path.is_file()]
    check(len(files) > 5 and sum(path.stat().st_size for path in files) > len(content), "the node keeps the ciphertext")
    for path in files:
        kept = path.read_bytes()
        check(not any(piece in kept for piece in pieces), f"{path.name} holds plaintext")


def kill_at_random_moments(build, folder, count):
    """The daemon is killed at random moments of running trades; nothing acknowledged is lost and every trade finishes."""
    c = consortium(build, folder)
    chance = random.Random(SEED)
    lock = threading.Lock()
    kills, trades, stop = [0], [], threading.Event()
    broken = []

    def killer():
        try:
            while not stop.is_set() and kills[0] < count:
                time.sleep(chance.uniform(0.0, 1.2))
                with lock:
                    c.kill()
                    c.start()
                    kills[0] += 1
        except Failed as failure:
            broken.append(failure)
        # The parent-death signal of the daemon is this thread's: it stays until the trades are over.
        stop.wait()

    def persist(step, trade):
        last = None
        for _ in range(200):
            try:
                return trade.do(step)
            except Failed as failure:
                # 5: the daemon was away. Everything else is a fault of ours.
                check(failure.code == 5, f"{step} ends with exit code {failure.code}: {failure}")
                last = failure
                with lock:
                    pass
                check(not broken, f"the daemon starts again after each kill: {broken}")
        check(False, f"{step} never succeeds: {last}")

    thread = threading.Thread(target=killer, daemon=True)
    thread.start()
    while kills[0] < count:
        trade = Trade(c, folder, len(trades) + 1, 1500)
        trades.append(trade)
        for step in Trade.STEPS:
            persist(step, trade)
    check(not broken, f"the daemon starts again after each kill: {broken}")
    check(kills[0] == count, "every kill took place")
    for trade in trades:
        check(trade.state() == "SETTLED", f"trade {trade.number} settles")
        check(trade.bought.read_bytes() == trade.file.read_bytes(), "the bought file is the registered one")
        trade.check_acknowledged()
    acknowledged = sum(len(t.acknowledged) for t in trades)
    c.stop()
    stop.set()
    thread.join()
    print(f"{kills[0]} kills, {len(trades)} trades, {acknowledged} acknowledged transactions, 0 lost")


def restore_from_words(build, folder, _count):
    """Both homes are deleted in the middle of an order; words and ledger bring everything back."""
    c = Consortium(build, folder / "consortium")
    c.make()
    words = c.words
    c.start()
    c.mint("buyer", 10_000_000, "bank-1")
    c.mint("seller", 10_000_000, "bank-2")

    def lose(member):
        shutil.rmtree(c.folder / member)
        file = folder / "words"
        file.write_text(" ".join(words[member]))
        c.jangbu(member, "config", "set", "node", f"http://127.0.0.1:{c.port}")
        c.jangbu(member, "--chain-id", c.chain_id, "keys", "restore", "--words-file", file)

    trade = Trade(c, folder)
    for step in ("register", "list", "place"):
        trade.do(step)
    lose("buyer")
    trade.do("accept")
    lose("seller")
    trade.do("fetch")
    lose("buyer")
    trade.do("fetch")  # the new home downloads again
    trade.do("key")
    lose("buyer")
    trade.do("open")
    check(trade.state() == "SETTLED", "the trade is settled")
    check(trade.bought.read_bytes() == trade.file.read_bytes(), "the bought file is the registered one")
    certificate = folder / "certificate.json"
    c.jangbu("seller", "dataset", "certificate", trade.dataset, "--out", certificate)
    lose("seller")
    c.jangbu("seller", "verify", certificate, "--file", trade.file, "--seed-from-home")
    c.stop()


def damaged_store_is_refused(build, folder, count):
    """One flipped bit, a zeroed page or a cut anywhere in the chain's folder: the same head again, or a refusal that
    names what is wrong. Never a shorter history."""
    c = consortium(build, folder)
    trade = Trade(c, folder)
    trade.finish()
    head = c.jangbu("buyer", "query", "status")
    c.stop()
    chain = c.folder / "node" / "chain"
    kept = folder / "kept"
    shutil.copytree(chain, kept)
    files = sorted(p.relative_to(kept) for p in kept.rglob("*") if p.is_file() and p.stat().st_size > 0)
    chance = random.Random(SEED)
    refused = same = 0
    for _ in range(count):
        shutil.rmtree(chain)
        shutil.copytree(kept, chain)
        victim = chance.choice(files)
        content = bytearray((chain / victim).read_bytes())
        damage = chance.choice(("flip", "zero", "cut", "missing"))
        at = chance.randrange(len(content))
        if damage == "flip":
            content[at] ^= 1 << chance.randrange(8)
        elif damage == "zero":
            content[at:at + 4096] = bytes(len(content[at:at + 4096]))
        elif damage == "cut":
            del content[at:]
        if damage == "missing":
            (chain / victim).unlink()
        else:
            (chain / victim).write_bytes(content)
        try:
            c.start()
        except Failed as failure:
            check(failure.code == 7, f"{damage} of {victim} at {at}: exit code {failure.code}")
            check("corrupted" in failure.err or "(io)" in failure.err, f"the refusal says what is wrong: {failure.err}")
            refused += 1
            continue
        now = c.jangbu("buyer", "query", "status")
        check(int(now["height"]) >= int(head["height"]), f"{damage} of {victim} at {at} loses blocks silently")
        trade.check_acknowledged()
        c.kill()
        same += 1
    print(f"{count} damages: {refused} refused, {same} without loss, 0 silent losses")


def reindex_gives_the_same_answers(build, folder, _count):
    """The read index is deleted; `jangbud reindex` makes it anew, and so does a start without it."""
    c = consortium(build, folder)
    Trade(c, folder).finish()

    def answers():
        return (c.jangbu("buyer", "listing", "search", "절삭")["items"], c.jangbu("buyer", "order", "list")["items"],
                c.jangbu("seller", "dataset", "list")["items"])

    before = answers()
    check(all(before), "there is something to find")
    for rebuild in (True, False):
        c.stop()
        shutil.rmtree(c.folder / "node" / "index")
        if rebuild:
            done = c.run([str(c.bin / "jangbud"), "reindex", "--home", str(c.folder / "node")])
            check("read index rebuilt" in done.stdout, "reindex says what it did")
        c.start()
        check(answers() == before, "the same answers as before")
    c.stop()


def killed_demo_leaves_nothing(build, folder, _count):
    """kill -9 of the demo in the middle: no process of it is left."""
    file = folder / "own.csv"
    file.write_text("a,b\n" * 100_000)
    mark = f"mark-{os.getpid()}-{time.time_ns()}"
    for after in (1.5, 4.0, 8.0):
        demo = subprocess.Popen([sys.executable, str(ROOT / "scripts/demo_trade.py"), str(build), str(file)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                env={**os.environ, "JANGBU_MARK": mark}, preexec_fn=die_with_parent())
        time.sleep(after)
        demo.send_signal(signal.SIGKILL)
        demo.wait()
        for _ in range(100):
            if not processes_with(mark):
                break
            time.sleep(0.05)
        check(not processes_with(mark), f"processes left after {after} s: {processes_with(mark)}")


def processes_with(mark):
    left = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    left.append((entry.name, (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
            except OSError:
                pass
    return left


def demo_with_own_file(build, folder, _count):
    """The three acts with a small file of one's own, twice."""
    file = folder / "own.csv"
    file.write_text("시간,온도\n" + "2026-01-01,21.5\n" * 5_000)
    for _ in range(2):
        done = subprocess.run([sys.executable, str(ROOT / "scripts/demo_trade.py"), str(build), str(file)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL,
                              preexec_fn=die_with_parent())
        check(done.returncode == 0, f"the demo ends well:\n{done.stdout}")
        for line in ("act 1: SETTLED", "act 2: REFUND_PROVEN", "act 3: VERIFIED E0"):
            check(line in done.stdout.splitlines(), f"the demo prints {line}:\n{done.stdout}")


TIERS = ("portable", "avx2", "avx512ifma")


def verification_tier(build, folder, _count):
    """`--version -v` tells the tier and what the CPU runs; each of those can be forced, another is a clear refusal."""
    program = str(pathlib.Path(build) / "app" / "jangbud")

    def run(*arguments):
        return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL)

    short = run("--version")
    check(short.returncode == 0 and short.stdout == "jangbud 0.1, protocol 1\n", f"--version: {short.stdout}")
    check(run("-v", "--version").stdout == run("--version", "-v").stdout, "the order of flags does not matter")
    long = run("--version", "-v")
    check(long.returncode == 0, f"--version -v ends well: {long.stderr}")
    lines = dict(line.split(": ", 1) for line in long.stdout.splitlines()[1:])
    tier = lines["verification tier"].split()[0]
    supported = lines["this CPU runs"].split(";")[0].split(", ")
    check(supported[0] == "portable" and set(supported) <= set(TIERS), f"every CPU runs portable: {supported}")
    check(tier == supported[-1], f"the best one is used: {tier} of {supported}")
    flags = pathlib.Path("/proc/cpuinfo").read_text().split("flags", 1)[-1].split("\n")[0].split()
    for name, flag in (("avx2", "avx2"), ("avx512ifma", "avx512ifma")):
        # The kernel's word; a CPU may lack another part of the tier, so one direction only.
        check(name not in supported or flag in flags, f"{name} without the CPU's flag {flag}")
    for library in ("libsodium", "OpenSSL", "LevelDB", "SQLite", "Boost", "nlohmann-json", "toml++", "spdlog", "CLI11"):
        version = [part.split()[1:] for part in lines["built with"].split(", ") if part.split()[0] == library]
        check(len(version) == 1 and version[0] and version[0][0][0].isdigit(), f"{library}: {lines['built with']}")

    c = consortium(build, folder)
    c.stop()
    refused = 0
    for name in TIERS:
        try:
            c.start("--verification.tier", name, "--verification.threads", "3")
        except Failed as failure:
            check(name not in supported, f"{name} is supported: {failure}")
            check(failure.code == 2, f"an unsupported tier is a matter of usage: {failure.code}")
            check(f"this CPU cannot run {name}; it runs {lines['this CPU runs'].split(';')[0]}" in failure.err,
                  f"the refusal says what the CPU runs: {failure.err}")
            refused += 1
            continue
        check(name in supported, f"{name} is not supported and yet the node started")
        c.mint("buyer", 1_000, f"bank-{name}")
        check(f'"verification_tier":"{name}"' in c.log_tail(), "the log tells the tier")
        c.stop()
    unknown = run("start", "--home", str(c.folder / "node"), "--verification.tier", "sse9")
    check(unknown.returncode == 2 and "must be auto, portable, avx2 or avx512ifma" in unknown.stderr, unknown.stderr)
    print(f"tier {tier}, {len(supported)} forced, {refused} refused")
    if refused == 0:
        print("SKIPPED: the refusal of an unsupported tier; this CPU runs every one")


TESTS = {test.__name__: test for test in (
    restart_in_each_state, kill_at_random_moments, restore_from_words, damaged_store_is_refused,
    killed_demo_leaves_nothing, demo_with_own_file, reindex_gives_the_same_answers, verification_tier)}


def main():
    build, name = pathlib.Path(sys.argv[1]), sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    print(f"{name}: seed {SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as folder:
        TESTS[name](build, pathlib.Path(folder), count)


if __name__ == "__main__":
    main()
