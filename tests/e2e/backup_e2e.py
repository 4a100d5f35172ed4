#!/usr/bin/env python3
"""Backups of a running node, and a node restored from one, with the real programs on loopback.
usage: backup_e2e.py BUILD TEST [COUNT]"""
import base64
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from e2e import SEED, Trade, check  # noqa: E402
from follow_e2e import Follower, consortium, get, head, keys_of, wait_for  # noqa: E402
from consortium import die_with_parent  # noqa: E402


def jangbud(c, *arguments, expect=0):
    return c.run([str(c.bin / "jangbud"), *map(str, arguments)], expect=expect)


def backup_command(c, out):
    return ["backup", "--home", c.folder / "node", "--http.port", c.port, "--http.tls", "true" if c.pin else "false",
            "--out", out]


def backup(c, out):
    """Height and header of the backup, and how many blocks were taken."""
    said = jangbud(c, *backup_command(c, out)).stdout
    found = re.search(r"height (\d+), epoch (\d+), header ([0-9a-f]{64})\n(\d+) blocks taken now, (\d+) bytes", said)
    check(found, f"what a backup says: {said}")
    return int(found[1]), found[3], int(found[4])


def killed_backup(c, out, seconds):
    """True if it was killed before its end."""
    process = subprocess.Popen([str(c.bin / "jangbud"), *map(str, backup_command(c, out))], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=c.environment,
                               preexec_fn=die_with_parent())
    try:
        code = process.wait(seconds)
        check(code == 0, f"a backup that nobody killed: {process.stderr.read()}")
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def save_head(c, file):
    with urllib.request.urlopen(c.url() + "/v1/head", timeout=20) as answer:
        file.write_bytes(answer.read())
    return file


def restore(c, backup_folder, verify=None, *more, expect=0, home=None):
    return jangbud(c, "restore", "--from", backup_folder, "--home", home or c.folder / "node", "--keystore",
                   c.folder / "validator.keystore", *(("--verify", verify) if verify else ()), *more, expect=expect)


def header(port, height):
    return get(port, f"/v1/headers/{height}")


def header_fields(c, height):
    """Epoch, transactions and state root, from the canonical bytes."""
    text = header(c.port, height)["header"]
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    at = 1 + 32
    epoch = int.from_bytes(raw[at + 2:at + 6], "little")
    counts = at + 2 + 4 + 8 + 8 + 8 + 32
    roots = counts + 8
    return epoch, int.from_bytes(raw[counts:counts + 4], "little"), raw[roots + 64:roots + 96].hex()


def destroy(c, name):
    """The machine is gone, but for the ciphertext, of which the operator has a copy."""
    (c.folder / "node").rename(c.folder / name)


def back_from_backup(build, folder, count):
    """Trades run, backups are killed, the node is destroyed and restored; everything goes on, again and again."""
    chance = random.Random(SEED)
    c = consortium(build, folder)
    keys_of(c, "agency")
    c.mint("buyer", 900_000_000, "bank-1")
    c.mint("seller", 100_000_000, "bank-2")
    follower = Follower(c, "agency").start()
    out = folder / "backup"
    minted, kills, blocks = 0, 0, 0
    trade = None
    for number in range(1, int(count) + 1):
        if trade is None:
            trade, step = Trade(c, folder, number), 0
        stop = threading.Event()

        def traffic():
            nonlocal minted
            while not stop.is_set():
                minted += 1
                c.mint("buyer", 1_000 + minted, f"more-{minted}")

        thread = threading.Thread(target=traffic)
        thread.start()
        for _ in range(chance.randrange(1, 4)):
            kills += killed_backup(c, out, chance.uniform(0.02, 0.6))
        height, _, taken = backup(c, out)
        blocks += taken
        check(height <= head(c.port)[0], "a backup of a node that goes on")
        stop.set()
        thread.join()
        steps = chance.randrange(1, len(Trade.STEPS) - 1)
        for name in Trade.STEPS[step:step + steps]:
            trade.do(name)
        step = min(step + steps, len(Trade.STEPS))

        height, top, taken = backup(c, out)
        blocks += taken
        check((height, top) == head(c.port), "the backup is at the head")
        check(backup(c, out)[:3] == (height, top, 0), "and again there is nothing new")
        verify = save_head(c, folder / "head.json")
        root = header_fields(c, height)[2]
        money = c.account("buyer")
        if chance.random() < 0.5:
            c.kill()
        else:
            c.stop()
        destroy(c, f"old-{number}")
        said = jangbud(c, "restore", "--from", out, "--verify", verify, "--check-only").stdout
        check("is whole" in said and f"height {height}," in said, said)
        said = restore(c, out, verify).stdout
        check(f"opens epoch {number}" in said and root in said, f"what a restore says: {said}")
        shutil.copytree(c.folder / f"old-{number}" / "store", c.folder / "node" / "store")
        shutil.rmtree(c.folder / f"old-{number}")
        c.start()
        if chance.random() < 0.3:  # perhaps before the block that opens the epoch is there
            c.kill()
            c.start()
        wait_for("the epoch is opened", lambda: head(c.port)[0] > height)
        check(header_fields(c, height + 1) == (number, 1, root), "OpenEpoch alone, on the same state")
        check(header(c.port, height)["header_hash"] == top, "on the head of the backup")
        check(c.account("buyer") == money, "nobody's credits have moved")
        trade.check_acknowledged()
        if step == len(Trade.STEPS):
            check(trade.state() == "SETTLED", "the trade is settled")
            trade = None
        wait_for("the follower goes on", lambda: head(follower.port) == head(c.port))
        print(f"restored at height {height}, epoch {number}", flush=True)
    if trade:
        trade.finish(step)
    wait_for("the follower is at the head", lambda: head(follower.port) == head(c.port))
    check(follower.status()["following"]["trouble"] is None, "and has no trouble")
    check(not list(follower.home.glob("fraud-*")) and not list(follower.home.glob("divergence-*")), "nobody is accused")
    follower.stop()
    c.stop()
    print(f"{count} restores, {kills} killed backups, {blocks} blocks taken, {minted} payments meanwhile")


def lost_blocks(build, folder, _count):
    """A backup that lacks blocks: refused, or given up by name; who holds the lost ones convicts."""
    c = consortium(build, folder)
    key = keys_of(c, "agent")
    keys_of(c, "agency")
    out = folder / "backup"
    height = backup(c, out)[0]
    for i in range(3):
        c.mint("buyer", 1_000 + i, f"bank-{i}")
    holds = Follower(c, "agent", key).start()
    wait_for("the follower is at the head", lambda: head(holds.port) == head(c.port))
    verify = save_head(c, folder / "head.json")
    top = head(c.port)[0]
    c.stop()
    holds.stop()
    destroy(c, "old")

    refused = restore(c, out, verify, expect=7).stderr
    check(f"{top - height} blocks are missing" in refused and "--lose-blocks" in refused, refused)
    check(not (c.folder / "node").exists() and not (c.folder / "node.restoring").exists(), "and nothing is made")
    # The follower has them: it is the better backup.
    said = restore(c, holds.home, verify, "--reason", "promotion", home=c.folder / "promoted").stdout
    check(f"height {top}," in said and "opens epoch 1" in said, said)
    shutil.rmtree(c.folder / "promoted")

    said = restore(c, out, verify, "--lose-blocks").stdout
    check(f"{top - height} blocks up to height {top} are given up" in said, said)
    for member in ("agent", "agency", "buyer"):
        (c.folder / member / "head.json").unlink(missing_ok=True)
    c.start()
    wait_for("the epoch is opened", lambda: head(c.port)[0] > height)
    check(header_fields(c, height + 1)[0] == 1, "in a new epoch")
    holds.start(expect_up=False)
    check(holds.ends() == 6, "who holds the lost blocks stops: " + holds.tail())
    check(len(list(holds.home.glob("fraud-*.json"))) == 1, "with the two heads of one height")
    fresh = Follower(c, "agency").start()
    c.mint("buyer", 5, "bank-9")
    wait_for("who does not hold them follows", lambda: head(fresh.port) == head(c.port))
    # From the same old backup once more, without a word of the newer epoch: it would be a second epoch 1.
    verify = save_head(c, folder / "newer.json")
    c.stop()
    fresh.stop()
    said = restore(c, out, verify, "--lose-blocks", home=c.folder / "again").stdout
    check("opens epoch 2" in said, f"the epoch of the signed header counts: {said}")


def taken_back(build, folder, _count):
    """A follower of a node that gave up blocks is taken back, killed while it is, and follows the new epoch."""
    c = consortium(build, folder)
    key = keys_of(c, "agent")
    keys_of(c, "agency")
    out = folder / "backup"
    follower = Follower(c, "agency").start()
    witness = Follower(c, "agent", key).start()
    c.mint("buyer", 7, "bank-kept")
    height = backup(c, out)[0]
    for i in range(12):
        c.mint("buyer", 1_000 + i, f"bank-{i}")
    for one in (follower, witness):
        wait_for("the follower is at the head", lambda one=one: head(one.port) == head(c.port))
    wait_for("the witness cosigned a lost head", lambda: int(witness.status()["following"]["cosigned_height"]) > height)
    verify = save_head(c, folder / "head.json")
    top = head(c.port)[0]
    held = jangbud(c, "take-back", follower.home, "--to", height, expect=7).stderr
    check("is held" in held, f"a running follower is not touched: {held}")
    c.stop()
    witness.stop()
    follower.kill()
    jangbud(c, "reindex", "--home", follower.home)  # writes the state of the last blocks, and keeps the way back
    destroy(c, "old")
    restore(c, out, verify, "--lose-blocks")
    for member in ("agent", "agency", "buyer"):
        (c.folder / member / "head.json").unlink(missing_ok=True)
    c.start()
    wait_for("the epoch is opened", lambda: head(c.port)[0] > height)
    follower.start(expect_up=False)
    check(follower.ends() == 6, "it stops at the other block: " + follower.tail())

    refused = jangbud(c, "take-back", c.folder / "node", "--to", height, expect=7).stderr
    check("two blocks of one height" in refused, refused)
    refused = jangbud(c, "take-back", witness.home, "--to", height, expect=7).stderr
    check("a witness that cosigned" in refused, refused)
    refused = jangbud(c, "take-back", follower.home, "--to", top + 5, expect=7).stderr
    check("nothing to take back" in refused, refused)
    kills = 0
    whole = folder / "whole"
    shutil.copytree(follower.home, whole)
    for pause in (0.005, 0.01, 0.02, 0.04, 0.08):
        shutil.rmtree(follower.home)
        shutil.copytree(whole, follower.home)
        process = subprocess.Popen([str(c.bin / "jangbud"), "take-back", str(follower.home), "--to", str(height)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=c.environment)
        time.sleep(pause * random.random() * 2)
        kills += process.poll() is None
        process.kill()
        process.wait()
        found = json.loads(jangbud(c, "doctor", "--home", follower.home, "--json").stdout)
        check(found["whole"] and int(found["height"]) in (height, top), f"the old head or the new one: {found}")
    said = jangbud(c, "take-back", follower.home, "--to", height).stdout
    check("already" in said or f"from height {top} to height {height}" in said, said)
    left = list(follower.home.glob("left-blocks-above-*.bin"))
    check(len(left) == 1, f"what it left is kept: {left}")
    check("already" in jangbud(c, "take-back", follower.home, "--to", height).stdout, "once is enough")

    log = follower.home.with_suffix(".log")
    rebuilt = log.read_text(errors="replace").count("read index is rebuilt")
    follower.start()
    check(log.read_text(errors="replace").count("read index is rebuilt") == rebuilt + 1, "the index knew another head")
    c.mint("buyer", 9, "bank-new")
    wait_for("it follows the new epoch", lambda: head(follower.port) == head(c.port))
    check(follower.status()["following"]["trouble"] is None, "without a word")
    mine, theirs = (c.jangbu("buyer", "--node", f"http://127.0.0.1:{port}", "credits", "show") for port in (follower.port, c.port))
    check(mine == theirs, f"and gives the same answers: {mine}")
    follower.stop()
    witness.start(expect_up=False)
    check(witness.ends() == 6, "the witness keeps to what it cosigned: " + witness.tail())
    print(f"taken back from {top} to {height}, {kills} kills")


def wrong_calls(build, folder, _count):
    """What an operator can get wrong is told in one sentence, and nothing is changed."""
    c = consortium(build, folder)
    c.jangbu("seller", "keys", "export-operate", "--out", c.folder / "seller.operate")
    c.mint("buyer", 1_000, "bank-1")
    out = folder / "backup"

    def refused(code, said, *arguments):
        done = jangbud(c, *arguments, expect=code)
        check(said in done.stderr, f"{arguments}: {done.stderr}")

    node = c.folder / "node"
    port = ("--http.port", c.port)
    refused(2, "--out is required", "backup", "--home", node)
    refused(7, "is the home of a node", "backup", "--home", node, *port, "--out", node)
    (folder / "other").mkdir()
    (folder / "other" / "letter.txt").write_text("keep me")
    refused(7, "is no backup", "backup", "--home", node, *port, "--out", folder / "other")
    check((folder / "other" / "letter.txt").read_text() == "keep me", "nothing is overwritten")
    refused(2, "--http.port", "backup", "--home", node, "--http.port", 0, "--out", out)
    refused(5, "no node answers", "backup", "--home", node, "--http.port", 1, "--out", out)
    check(not out.exists(), "nothing is made without an answer")
    refused(2, "--url needs --genesis", "backup", "--url", c.url(), "--out", out)
    keystore = ("--key", c.folder / "validator.keystore")
    refused(6, "another ledger", "backup", "--url", c.url(), "--genesis", "ab" * 32, *keystore, "--out", out)
    refused(4, "validators and auditors", "backup", "--url", c.url(), "--genesis", c.chain_id, "--key",
            c.folder / "seller.operate", "--out", folder / "not-allowed")
    height, top, _ = backup(c, out)
    again = jangbud(c, "backup", "--url", c.url(), "--genesis", c.chain_id, *keystore, "--out", out).stdout
    check(f"height {height}," in again, "the same backup by URL")

    verify = save_head(c, folder / "head.json")
    made = folder / "made"
    refused(2, "--home and --keystore", "restore", "--from", out)
    refused(3, "there is no folder", "restore", "--from", folder / "nowhere", "--home", made, "--keystore",
            c.folder / "validator.keystore")
    check("is not empty" in restore(c, out, expect=7, home=folder / "other").stderr, "a home with something in it")
    check("no operate key" in jangbud(c, "restore", "--from", out, "--home", made, "--keystore",
                                      c.folder / "seller.operate", expect=2).stderr, "the key of no validator")
    text = verify.read_text()
    verify.write_text(text.replace('"signature":"', '"signature":"AAAA', 1))
    restore(c, out, verify, expect=(2, 6), home=made)
    verify.write_text("{}")
    check("neither the answer of /v1/head nor a jbproof" in restore(c, out, verify, expect=6, home=made).stderr, "no header")
    # A header below the end of the backup, and the proof of a record, are as good.
    low = folder / "low.json"
    with urllib.request.urlopen(f"{c.url()}/v1/headers/1", timeout=20) as answer:
        low.write_bytes(answer.read())
    check("holds the signed header of height 1" in restore(c, out, low, "--check-only").stdout, "a lower header")
    check(not made.exists() and not (folder / "made.restoring").exists(), "and nothing is made by all this")
    damaged = folder / "damaged"
    shutil.copytree(out, damaged)
    segment = next((damaged / "chain" / "blocks" / "segments").iterdir())
    content = bytearray(segment.read_bytes())
    content[64 + 40] ^= 1
    segment.write_bytes(content)
    refusal = restore(c, damaged, expect=7, home=made).stderr
    check("damaged" in refusal, f"a damaged backup is told: {refusal}")
    check("damaged" in jangbud(c, "restore", "--from", damaged, "--check-only", expect=7).stderr, "and by --check-only")
    (folder / "empty").mkdir()
    check("opens epoch 1" in restore(c, out, home=folder / "empty").stdout, "an empty folder is taken")
    check("is the home of a node" in jangbud(c, "backup", "--home", node, *port, "--out", folder / "empty",
                                             expect=7).stderr, "which is no backup then")
    # The node went back behind its backup.
    c.stop()
    shutil.copytree(node, folder / "older")
    c.start()
    c.mint("buyer", 1_000, "bank-2")
    backup(c, out)
    c.stop()
    shutil.rmtree(node)
    shutil.copytree(folder / "older", node)
    c.start()
    refused(7, "blocks were lost there", "backup", "--home", node, *port, "--out", out)
    c.stop()


def content(folder):
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def flip(file, at):
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def doctor_names_each(build, folder, _count):
    """A running node is told; a whole one has no damage; of several damages each is named; nothing is changed."""
    c = consortium(build, folder)
    node = c.folder / "node"
    running = jangbud(c, "doctor", "--home", node, expect=7).stderr
    check("stop the node first" in running, running)
    trade = Trade(c, folder)
    c.mint("buyer", 900_000_000, "bank-1")
    c.mint("seller", 100_000_000, "bank-2")
    for step in ("register", "list", "place", "accept"):
        trade.do(step)
    out = folder / "backup"
    height = backup(c, out)[0]
    c.stop()

    def examined(home, code):
        before = content(home)
        answer = json.loads(jangbud(c, "doctor", "--home", home, "--json", expect=code).stdout)
        check(content(home) == before, "the doctor changes nothing")
        text = jangbud(c, "doctor", "--home", home, expect=code).stdout
        for damage in answer["damages"]:
            check(damage["what"] in text, "the same for a person")
        return answer

    for home in (node, out):
        answer = examined(home, 0)
        check(answer["whole"] and answer["height"] == str(height), f"{home.name} is whole: {answer}")
        for part in ("settings", "genesis", "block log", "state", "documents", "chain", "content store", "read index"):
            check(part in answer["examined"], f"{part} is looked at")
    shutil.copytree(node, folder / "kept")
    (node / "config.toml").write_text("[http]\nprot = 1\n")
    flip(node / "validator.keystore", 30)
    (node / "last-signed").write_bytes(b"xyz")
    flip(next((node / "chain" / "blocks" / "segments").iterdir()), 64 + 40)
    shutil.rmtree(node / "index")
    (node / "index").mkdir()
    (node / "index" / "index.sqlite").write_bytes(b"this is no database, whatever it says" * 100)
    stored = next((node / "store" / "contents").glob("*/ciphertext"))
    flip(stored, 40)
    flip(stored.parent / "content", 8)
    answer = examined(node, 7)
    parts = {damage["part"] for damage in answer["damages"]}
    check({"settings", "keystore", "marks", "block log", "read index", "content store"} <= parts, f"each is named: {answer}")
    check(all("restore" in one["what"] or "again" in one["what"] for one in answer["damages"]), f"with a way out: {answer}")
    shutil.rmtree(node)
    (folder / "kept").rename(node)
    check(examined(node, 0)["whole"], "whole again")
    check("there is no folder" in jangbud(c, "doctor", "--home", folder / "nowhere", expect=3).stderr, "no home")
    c.start()
    check(trade.do("fetch") and head(c.port)[0] >= height, "and the node goes on")
    c.stop()


TESTS = {test.__name__: test for test in (back_from_backup, lost_blocks, taken_back, wrong_calls, doctor_names_each)}

if __name__ == "__main__":
    print(f"{sys.argv[2]}: seed {SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place), sys.argv[3] if len(sys.argv) > 3 else "3")
