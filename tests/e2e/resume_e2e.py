#!/usr/bin/env python3
"""Uploads and downloads that are cut in the middle go on where they were; the node counts the bytes.
usage: resume_e2e.py BUILD TEST"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from consortium import die_with_parent  # noqa: E402
from e2e import Trade, check, consortium  # noqa: E402

ROWS = 500_000
MEBI = 1 << 20
RUN = 5 * MEBI  # no request carries more chunks
UPLOAD, LEAVES, DOWNLOAD = ("/v1/store/{}/chunks/{}", "/v1/store/{}/leaves", "/v1/store/{}/ciphertext")


def carried(c, direction, route):
    """Bytes of bodies that the node took or gave by one route since it was started."""
    with urllib.request.urlopen(f"http://127.0.0.1:{c.port}/metrics", timeout=20) as answer:
        text = answer.read().decode()
    found = re.search(rf'jangbu_http_body_bytes_total{{direction="{direction}",route="{re.escape(route)}"}} (\S+)', text)
    return int(float(found[1])) if found else 0


def cut_off(c, member, arguments, reached):
    """Starts a command and kills it once `reached`."""
    command = [str(c.bin / "jangbu"), "--home", str(c.folder / member), "--output", "json", "--yes", *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=c.environment, preexec_fn=die_with_parent())
    while not reached():
        check(process.poll() is None, "the command is still at work when it is killed")
        time.sleep(0.01)
    process.kill()
    process.communicate()
    check(process.returncode == -9, "it was killed before its end")


def trade_in(build, folder):
    c = consortium(build, folder)
    trade = Trade(c, folder, rows=ROWS)
    for step in ("register", "list", "place"):
        trade.do(step)
    return c, trade


def total_of(c, order):
    """Length of the ciphertext, from what the seller keeps."""
    return (c.folder / "seller" / "orders" / order / "ciphertext.bin").stat().st_size


def upload(build, folder):
    """The seller is killed twice while it uploads: in all, the node takes each byte once."""
    c, trade = trade_in(build, folder)
    accept = ("order", "accept", trade.order, "--file", trade.file)
    for wanted in (8 * MEBI, 24 * MEBI):
        cut_off(c, "seller", accept, lambda: carried(c, "received", UPLOAD) >= wanted)
    total, before = total_of(c, trade.order), carried(c, "received", UPLOAD)
    lists = carried(c, "received", LEAVES)
    check(24 * MEBI <= before < total, f"the kills came in the middle: {before} of {total}")
    trade.do("accept")
    after = carried(c, "received", UPLOAD)
    check(after == total, f"each byte once: {after} bytes were taken of a ciphertext of {total}")
    check(carried(c, "received", LEAVES) == lists > 0, "the leaf lists are not sent again")
    trade.finish(Trade.STEPS.index("fetch"))
    c.stop()
    print(f"{before} of {total} bytes before the last kill, {after - before} after it")


def upload_to_killed_node(build, folder):
    """Seller and node are killed: what the node had taken stays, and only the rest is sent."""
    c, trade = trade_in(build, folder)
    accept = ("order", "accept", trade.order, "--file", trade.file)
    cut_off(c, "seller", accept, lambda: carried(c, "received", UPLOAD) >= 16 * MEBI)
    before = carried(c, "received", UPLOAD)
    c.kill()
    c.start()
    trade.do("accept")
    total, after = total_of(c, trade.order), carried(c, "received", UPLOAD)
    # A run that was whole when its sender died may have been stored after the count.
    check(total - before - RUN <= after <= total - before, f"{after} bytes to a node that had {before} of {total}")
    trade.finish(Trade.STEPS.index("fetch"))
    c.stop()
    print(f"{before} of {total} bytes before the kills, {after} after them")


def download(build, folder):
    """The buyer is killed while it downloads, and the node after it: only what its copy lacks is asked for."""
    c, trade = trade_in(build, folder)
    trade.do("accept")
    total = total_of(c, trade.order)
    fetch = ("order", "fetch", trade.order)
    part = c.folder / "buyer" / "orders" / trade.order / "ciphertext.part"
    cut_off(c, "buyer", fetch, lambda: carried(c, "sent", DOWNLOAD) >= 16 * MEBI)
    kept = part.stat().st_size
    check(8 * MEBI <= kept < total, f"the kill came in the middle: {kept} of {total}")
    c.kill()
    c.start()
    trade.do("fetch")
    sent = carried(c, "sent", DOWNLOAD)
    check(sent == total - kept, f"{sent} bytes were sent to a buyer that had {kept} of {total}")
    check(carried(c, "sent", LEAVES) == 0, "the leaf lists are not fetched again")
    trade.finish(Trade.STEPS.index("key"))
    c.stop()
    print(f"{kept} of {total} bytes before the kills, {sent} after them")


TESTS = {test.__name__: test for test in (upload, upload_to_killed_node, download)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place))
