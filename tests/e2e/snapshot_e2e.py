#!/usr/bin/env python3
"""Snapshots, nodes that forget old blocks, and followers that begin at a snapshot, with the real programs on loopback.
usage: snapshot_e2e.py BUILD TEST [COUNT]"""
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent / "api")]
from backup_e2e import backup, backup_command, header, jangbud, restore, save_head  # noqa: E402
from e2e import SEED, Trade, check  # noqa: E402
from follow_e2e import Follower, consortium, get, head, wait_for  # noqa: E402
from consortium import die_with_parent  # noqa: E402
from recording_proxy import RecordingProxy  # noqa: E402

# A block each second though nobody trades: blocks without the price of a command each.
QUICK = {"heartbeat_ms": 1_000}


def money(c):
    c.mint("buyer", 900_000_000, "bank-1")
    c.mint("seller", 100_000_000, "bank-2")


def export_key(c):
    c.jangbu("agency", "keys", "export-operate", "--out", c.folder / "agency.operate")


def snapshots(home):
    """Height and folder of each, oldest first."""
    found = [entry for entry in (home / "chain" / "snapshots").glob("*") if not entry.name.endswith(".new")]
    return sorted((int(entry.name.split("-")[-1]), entry) for entry in found)


def asked_at(c, port, member, *arguments, expect=0):
    """From the node on this port. A home remembers --node: afterwards it has its own again."""
    answer = c.jangbu(member, "--node", f"http://127.0.0.1:{port}", *arguments, expect=expect)
    c.jangbu(member, "config", "set", "node", c.url(), quiet=True)
    return answer


def body_of(c, port, height, expect=0):
    return asked_at(c, port, "agency", "query", "block", height, expect=expect)


def check_body_is_gone(c, port, height):
    refused = body_of(c, port, height, expect=3)
    check(f"the block of height {height} was pruned" in refused["detail"], f"what is said of a block that went: {refused}")


def documents_kept(c):
    """How many documents retention knows of, on the stopped node."""
    said = jangbud(c, "prune", "--home", c.folder / "node", "--documents", "--dry-run").stdout
    return int(said.split("would stay: ")[1])


def from_snapshot(build, folder, count):
    """A follower begins at a snapshot, is killed meanwhile, and is then as good as the node for all that is state."""
    chance = random.Random(SEED)
    c = consortium(build, folder, "--snapshots.every_blocks", "4")
    export_key(c)
    money(c)
    trade = Trade(c, folder)
    for step in ("register", "list", "place"):
        trade.do(step)
    wait_for("a snapshot", lambda: snapshots(c.folder / "node"))
    asked = []

    def slowly(path, body):
        asked.append(path)
        time.sleep(chance.uniform(0, 0.2))
        return body

    proxy = RecordingProxy(c.port, slowly)
    follower = Follower(c, "agency", url=proxy.url, flags=("--snapshot",))
    halves = 0
    for _ in range(int(count)):
        follower.start(expect_up=False)
        before = len(asked)
        wait_for("the follower asks", lambda: len(asked) > before or follower.process.poll() is not None)
        time.sleep(chance.uniform(0, 1))
        follower.kill()
        halves += not (follower.home / "chain" / "base").exists()
    follower.start()
    wait_for("the follower is at the head", lambda: head(follower.port) == head(c.port))
    status = follower.status()
    base = int(status["base_height"])
    check(base > 0 and status["following"]["trouble"] is None, f"it begins at a snapshot: {status}")
    check([height for height, _ in snapshots(follower.home)] == [base], "which is there, whole, and alone")
    check(not list((follower.home / "chain" / "snapshots").glob("*.new")), "without a half one")
    check(sum("/chunks/" in path for path in asked) > 0, "it came in chunks")

    for path in (f"/v1/organisations/{c.org['seller']}", f"/v1/listings/{trade.listing}", f"/v1/datasets/{trade.dataset}",
                 "/v1/parameters", "/v1/headers/1", f"/v1/headers/{base}"):
        wait_for(f"the same {path}", lambda: get(follower.port, path) == get(c.port, path), 10)
    check(get(c.port, f"/v1/listings/{trade.listing}")["description_text"], "the text of a listing that an older block brought")
    found = asked_at(c, follower.port, "buyer", "listing", "search", "절삭가공")["items"]
    check(len(found) == 1, f"its words are found: {found}")
    order = ("buyer", "order", "show", trade.order)
    check(asked_at(c, follower.port, *order) == asked_at(c, c.port, *order), "the same order")
    certificate = folder / "certificate.json"
    asked_at(c, follower.port, "seller", "dataset", "certificate", trade.dataset, "--out", certificate)
    verified = c.jangbu("buyer", "verify", certificate, "--genesis", c.chain_id)
    check(verified["level"] == "E0", f"a proof from the follower: {verified}")
    check_body_is_gone(c, follower.port, 1)
    check_body_is_gone(c, follower.port, base)

    trade.do("accept")
    wait_for("it follows the trade", lambda: head(follower.port) == head(c.port))
    body_of(c, follower.port, head(follower.port)[0])
    follower.stop()
    before = len(asked)
    follower.start()
    wait_for("it goes on", lambda: head(follower.port) == head(c.port))
    check(int(follower.status()["base_height"]) == base, "the same base")
    check(not any("snapshots" in path for path in asked[before:]), "and does not begin again")
    whole = follower.home
    follower.stop()
    c.stop()
    told = json.loads(jangbud(c, "doctor", "--home", whole, "--json").stdout)
    check(told["whole"], f"the doctor says so too: {told}")
    print(f"began at height {base} of {told['height']}, {count} kills, {halves} of them before its base stood")


def convicts(build, folder, _count):
    """A follower that began at a snapshot is lied to with the validator's key: its file convicts offline."""
    c = consortium(build, folder, "--snapshots.every_blocks", "4")
    export_key(c)
    for i in range(6):
        c.mint("buyer", 1_000 + i, f"bank-{i}")
    wait_for("a snapshot", lambda: snapshots(c.folder / "node"))
    follower = Follower(c, "agency", flags=("--snapshot",)).start()
    wait_for("the follower is at the head", lambda: head(follower.port) == head(c.port))
    base, height = int(follower.status()["base_height"]), head(c.port)[0]
    check(0 < base, "it begins at a snapshot")
    follower.stop()
    for i in range(2):
        c.mint("buyer", 2_000 + i, f"more-{i}")
    port_file = folder / "liar.port"
    liar = subprocess.Popen(
        [str(pathlib.Path(build) / "tests" / "e2e" / "lying_node"), "--node", c.url(), "--keystore",
         str(c.folder / "validator.keystore"), "--lie", "wrong_root", "--from", str(height + 2), "--port-file", str(port_file)],
        env=c.environment, preexec_fn=die_with_parent())
    wait_for("the liar answers", lambda: port_file.exists() and port_file.read_text().strip())
    follower.url = f"http://127.0.0.1:{int(port_file.read_text())}"
    check(follower.start(expect_up=False).ends() == 6, "the lie ends the follower: " + follower.tail())
    liar.kill()
    liar.wait()
    c.stop()
    evidence = follower.home / f"divergence-{height + 2}.bin"
    check(evidence.exists(), "with a file: " + follower.tail())
    text = c.run([str(c.bin / "jangbu"), "--home", str(folder / "nobody"), "verify", str(evidence), "--genesis", c.chain_id]).stdout
    check("VERIFIED FRAUD" in text and "state_root" in text, f"that convicts offline: {text}")
    content = bytearray(evidence.read_bytes())
    content[len(content) // 2] ^= 1
    evidence.write_bytes(content)
    c.jangbu("buyer", "verify", evidence, "--genesis", c.chain_id, expect=6)
    print(f"began at height {base}; {text.splitlines()[0]}")


def pruned(build, folder, _count):
    """A node forgets its first blocks: all that is state, header or proof stays, and trade goes on."""
    # Whole segments go: the first one is full soon.
    c = consortium(build, folder, "--prune.first_segment_kib", "4", parameters=QUICK)
    node = c.folder / "node"
    export_key(c)
    behind = folder / "behind"
    backup(c, behind)  # of so few blocks that the first segment holds the next
    money(c)
    trade = Trade(c, folder)
    for step in ("register", "list", "place"):
        trade.do(step)
    first = header(c.port, 1)
    (folder / "first.header.json").write_text(json.dumps(first))
    wait_for("a second segment", (node / "chain" / "blocks" / "segments" / "segment-00000002").exists)
    c.kill()
    made = jangbud(c, "snapshot", "--home", node).stdout
    [(at, _)] = snapshots(node)
    check(f"snapshot of height {at}: " in made, made)
    c.start()
    wait_for("blocks above it", lambda: head(c.port)[0] > at + 3)
    c.stop()
    kept_all = jangbud(c, "prune", "--home", node, "--keep-blocks", 1_000_000, expect=7).stderr
    check("no snapshot has 1000000 blocks above it" in kept_all and "jangbud snapshot" in kept_all, kept_all)
    kept = documents_kept(c)
    said = jangbud(c, "prune", "--home", node, "--keep-blocks", 3).stdout
    check(f"begins at height {at} here" in said and "kept from height 1 on" not in said, said)
    check(not (node / "chain" / "blocks" / "segments" / "segment-00000001").exists(), "a segment went")
    check(documents_kept(c) == kept > 0, f"retention knows {kept} documents as before, though their blocks are gone")

    c.start()
    wait_for("the same ledger goes on", lambda: head(c.port)[0] > at + 3)
    check(int(get(c.port, "/v1/status")["base_height"]) == at, "status tells the base")
    check(header(c.port, 1) == first, "the first header is there")
    proof = folder / "first.json"
    c.jangbu("agency", "query", "proof", "history", 1, "--out", proof)
    check(c.jangbu("buyer", "verify", proof, "--genesis", c.chain_id)["level"] == "E0", "and its proof")
    check_body_is_gone(c, c.port, 1)
    late = Follower(c, "agency").start()
    trouble = wait_for("who comes from genesis is told", lambda: late.status()["following"]["trouble"])
    check("the block of height 1 was pruned" in trouble and "begin with --snapshot" in trouble, trouble)
    late.stop()
    out = folder / "backup"
    said_of_new = jangbud(c, *backup_command(c, out)).stdout
    check(f"begins at the snapshot of height {at}" in said_of_new, said_of_new)
    lost = jangbud(c, *backup_command(c, behind), expect=7).stderr
    check("was pruned" in lost and "begin a new one in another folder" in lost, f"a backup that fell behind: {lost}")
    trade.finish(Trade.STEPS.index("accept"))

    def lists():
        return (c.jangbu("buyer", "listing", "search", "절삭")["items"], c.jangbu("buyer", "order", "list")["items"])

    before = lists()
    check(all(before), "there is something to find")
    c.stop()
    # The state again, from the snapshot of the base and the blocks above it: every header is compared.
    shutil.rmtree(node / "chain" / "state")
    shutil.rmtree(node / "index")
    done = jangbud(c, "reindex", "--home", node).stdout
    check("read index rebuilt at height" in done, done)
    told = json.loads(jangbud(c, "doctor", "--home", node, "--json").stdout)
    check(told["whole"] and int(told["height"]) > at, f"the doctor says: {told}")
    c.start()
    check(lists() == before, "the same lists")
    from_its_backup(c, folder, out, at, lists)
    print(f"pruned up to height {at}: {said.strip()}")


def from_its_backup(c, folder, out, base, lists):
    """A backup that began at a snapshot: goes on, is judged, and a node is made of it."""
    before = lists()
    check(backup(c, out)[2] > 0, "it goes on with what is new")
    height = backup(c, out)[0]
    verify = save_head(c, folder / "head.json")
    c.stop()
    said = jangbud(c, "restore", "--from", out, "--check-only", "--verify", folder / "first.header.json").stdout
    check("is whole" in said and f"begins at the snapshot of height {base}\n" in said, said)
    check("holds the signed header of height 1\n" in said, f"a header below its base is compared: {said}")
    told = json.loads(jangbud(c, "doctor", "--home", out, "--json").stdout)
    check(told["whole"] and told["height"] == str(height), f"the doctor of the backup: {told}")
    store = c.folder / "node" / "store"
    (c.folder / "node").rename(c.folder / "old")
    said = restore(c, out, verify, "--lose-blocks").stdout
    check("opens epoch 1" in said, said)
    shutil.copytree(c.folder / "old" / "store", store)
    for member in ("agency", "buyer"):
        (c.folder / member / "head.json").unlink(missing_ok=True)
    c.start()
    check(lists() == before, "the same lists from the restored node")
    check_body_is_gone(c, c.port, 1)
    c.stop()


def without_one(body):
    """A range of headers that lacks the second."""
    count, at, shift = 0, 1, 0
    while True:
        count |= (body[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if body[at - 1] < 128:
            break
    size = (len(body) - at) // count
    left, length = count - 1, b""
    while left >= 128:
        length += bytes([left & 127 | 128])
        left >>= 7
    return body[:1] + length + bytes([left]) + body[at:at + size] + body[at + 2 * size:]


def flipped(body, at):
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]


def lying_snapshot(build, folder, _count):
    """A proxy between follower and node changes what a follower begins with: nothing of it is taken, and it says what."""
    c = consortium(build, folder, "--snapshots.every_blocks", "4", "--snapshots.keep", "1000", parameters=QUICK)
    export_key(c)
    wait_for("two snapshots", lambda: len(snapshots(c.folder / "node")) > 1)
    other = snapshots(c.folder / "node")[0][1] / "manifest"
    # In the order in which a follower asks, since what was right is kept.
    lies = [("/v1/snapshots", lambda _: b'{"snapshots":"none"}', "wrong list of snapshots"),
            ("/v1/headers", lambda body: body[:-40], "wrong header range: "),
            ("/v1/headers", without_one, "wrong header range: "),
            ("/v1/headers", lambda body: flipped(body, 200), "wrong header range: "),
            ("/manifest", lambda _: other.read_bytes(), "wrong manifest: it is of another header"),
            ("/manifest", lambda body: flipped(body, len(body) // 2), "wrong manifest: "),
            ("/chunks/0", lambda body: flipped(body, len(body) // 2), "wrong chunk: "),
            ("/chunks/1", lambda body: body[:-1], "wrong chunk: ")]
    proxy = RecordingProxy(c.port)
    follower = Follower(c, "agency", url=proxy.url, flags=("--snapshot",))
    for where, lie, said in lies:
        told = []

        def alter(path, body):
            if not path.split("?")[0].endswith(where):
                return body
            told.append(path)
            return lie(body)

        proxy.alter = alter
        code = follower.start(expect_up=False).ends()
        last = follower.tail().strip().splitlines()[-1]
        check(told, f"{where} was asked for")
        check(code == 6 and f"{proxy.url} sent a {said}" in last, f"{where}, {said}: exit code {code}: {last}")
        check(not (follower.home / "chain" / "base").exists(), f"{where}: it began all the same")
        print(last.replace(proxy.url, "URL"), flush=True)
    proxy.alter = None
    follower.start()
    wait_for("with the truth it begins", lambda: head(follower.port) == head(c.port))
    base = int(follower.status()["base_height"])
    check(base > 0, "at a snapshot")
    follower.stop()
    c.stop()
    print(f"{len(lies)} lies told, none taken; then it began at height {base}")


def wrong_calls(build, folder, _count):
    """What an operator can get wrong is told in one sentence, and nothing is changed."""
    c = consortium(build, folder)
    node = c.folder / "node"
    export_key(c)

    def refused(code, said, *arguments):
        done = jangbud(c, *arguments, expect=code)
        check(said in done.stderr, f"{arguments}: {done.stderr}")

    for command in (("snapshot",), ("prune", "--keep-blocks", 0), ("prune", "--documents"), ("reindex",)):
        refused(7, "the ledger is open in a process", *command, "--home", node)
    follower = Follower(c, "agency", flags=("--snapshot",))
    check(follower.start(expect_up=False).ends() == 3, "no snapshot is offered: " + follower.tail())
    check("offers no snapshot: follow without --snapshot" in follower.tail(), follower.tail())
    c.stop()
    for command in (("snapshot",), ("prune", "--keep-blocks", 0), ("prune", "--keep-blocks", 5), ("reindex",)):
        refused(7, "the ledger has no block yet: start the node", *command, "--home", node)
    c.start()
    c.mint("buyer", 1_000, "bank-1")
    c.stop()
    refused(7, "no snapshot has 1 blocks above it (the head is height", "prune", "--home", node, "--keep-blocks", 1)
    refused(2, "--dry-run goes with --documents", "prune", "--home", node, "--keep-blocks", 5, "--dry-run")
    refused(2, "say what shall go: --keep-blocks N", "prune", "--home", node)
    for number in ("many", -1, 2.5):
        refused(2, f"takes a number of blocks, not {number}", "prune", "--home", node, "--keep-blocks", number)
    refused(3, "nowhere", "snapshot", "--home", folder / "nowhere")
    refused(3, "nowhere", "prune", "--home", folder / "nowhere", "--keep-blocks", 1)
    check("would go: 0 documents" in jangbud(c, "prune", "--home", node, "--documents", "--dry-run").stdout, "a dry run")
    check(not snapshots(node) and not (folder / "nowhere").exists(), "nothing is made by all this")


TESTS = {test.__name__: test for test in (from_snapshot, convicts, pruned, lying_snapshot, wrong_calls)}

if __name__ == "__main__":
    print(f"{sys.argv[2]}: seed {SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place), sys.argv[3] if len(sys.argv) > 3 else "3")
