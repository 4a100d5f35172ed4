#!/usr/bin/env python3
"""The demo: one whole trade, one dishonest seller, one offline check. Called by scripts/demo; real programs only."""
import os
import pathlib
import shutil
import sys
import tempfile
import time

from consortium import Consortium, die_with_parent

PRICE = 1_200_000
TAX = PRICE // 10
VOUCHER = PRICE * 70 // 100
OWN = PRICE + TAX - VOUCHER
FEE = PRICE // 100
BOND = PRICE * 5 // 100
MIB = 1 << 20
STARTED = time.monotonic()
RATES = []


def say(text=""):
    print(text, flush=True)


def step(text):
    say(f"[{time.monotonic() - STARTED:6.1f} s] {text}")


def show_command(member, arguments):
    text = " ".join(str(a) if len(str(a)) < 50 else str(a)[:16] + "…" for a in arguments)
    say(f"    {member} $ jangbu {text}")


def check(condition, what):
    if not condition:
        raise SystemExit(f"demo: this does not add up: {what}")


def timed(what, size, work):
    start = time.monotonic()
    answer = work()
    seconds = time.monotonic() - start
    RATES.append((what, size / MIB / seconds, seconds))
    return answer


def won(amount):
    return f"{amount:,} won"


class Demo:
    def __init__(self, build, folder, own_file):
        self.build, self.folder, self.own_file = build, folder, own_file
        self.c = Consortium(build, folder / "consortium", show_command)

    # Set-up

    def prepare(self):
        step("members make their keys; the operator makes the genesis and starts the node (solo engine)")
        self.c.make()
        self.c.start()
        step(f"node is up on 127.0.0.1:{self.c.port}; credits are minted against bank references")
        self.c.mint("buyer", 10_000_000, "bank-0001")
        self.c.mint("seller", 1_000_000, "bank-0002")
        self.c.mint("agency", 20_000_000, "bank-0003")
        step("the agency creates, funds and opens a programme and issues a voucher")
        self.programme, self.voucher = self.c.open_programme(20_000_000, 4_000_000)
        self.first = self.own_file or self.simulate("first", 1, 640_000)
        size = self.first.stat().st_size
        if not self.own_file:
            check(size >= 64 * MIB, "the first dataset has 64 MiB")
        self.second = self.simulate("second", 2, 20_000)

    def simulate(self, name, seed, rows):
        file = self.folder / f"{name}.csv"
        answer = self.c.jangbu("seller", "simulate", "cnc", "--seed", seed, "--rows", rows, "--out", file)
        step(f"SIMULATED data, {file.stat().st_size / MIB:.1f} MiB with {answer['faults']} planted faults: {file.name}")
        return file

    # What both trades share

    def offer(self, file, title, keyword):
        size = file.stat().st_size
        origin = "collected" if file == self.own_file else "simulated"
        # A person's own file is traded here between copies on this machine only, whatever a scan finds in it.
        accepted = ["--accept-findings"] if file == self.own_file else []
        dataset = timed("registered (salted, hashed)", size, lambda: self.c.jangbu(
            "seller", "dataset", "register", file, "--origin", origin, *accepted, bars=True))["id"]
        self.c.jangbu("seller", "dataset", "sample", "publish", dataset, "--file", file)
        listing = self.c.jangbu("seller", "listing", "publish", dataset, "--price", PRICE, "--title", title, "--summary",
                                "머시닝센터 주축 부하, 온도, 진동 기록", "--keyword", keyword, "--licence", "use",
                                "--category", 1, "--sample")["id"]
        return dataset, listing

    def order(self, dataset, listing, word):
        found = self.c.jangbu("buyer", "listing", "search", word)["items"]
        check(any(item["id"] == listing for item in found), f"search for {word} finds the listing")
        self.c.jangbu("buyer", "dataset", "sample", "verify", dataset)
        order = self.c.jangbu("buyer", "order", "place", listing, "--voucher", self.voucher, "--voucher-amount", VOUCHER)
        check((int(order["supply"]), int(order["tax"]), int(order["own"]), int(order["voucher"])) ==
              (PRICE, TAX, OWN, VOUCHER), "price, tax and the two parts of the money")
        step(f"order placed: {won(PRICE)} and {won(TAX)} tax; {won(VOUCHER)} by voucher (70 %), {won(OWN)} own credits")
        return order["id"]

    def books(self):
        return {"seller": self.c.account("seller"), "buyer": self.c.account("buyer"),
                "treasury": self.c.account("operator"), "voucher": self.c.voucher(self.voucher),
                "programme": self.c.programme(self.programme)}

    @staticmethod
    def change(before, after):
        return {book: {name: after[book][name] - before[book][name] for name in after[book]
                       if after[book][name] != before[book][name]} for book in after}

    def show_books(self, changes):
        for book, columns in changes.items():
            say(f"    {book:10} " + (", ".join(f"{name} {value:+,}" for name, value in columns.items()) or "unchanged"))

    # Acts

    def act_1(self):
        say()
        step("ACT 1: an honest trade")
        before = self.books()
        size = self.first.stat().st_size
        self.dataset, listing = self.offer(self.first, "CNC 절삭가공 센서 데이터", "절삭가공")
        self.order_1 = self.order(self.dataset, listing, "절삭")
        timed("encrypted, uploaded, own copy checked", size, lambda: self.c.jangbu(
            "seller", "order", "accept", self.order_1, "--file", self.first, bars=True))
        timed("downloaded, lengths and both trees checked", size, lambda: self.c.jangbu(
            "buyer", "order", "fetch", self.order_1, bars=True))
        self.c.jangbu("seller", "order", "key", self.order_1, "--evidence", "E0")
        self.bought = self.folder / "bought.csv"
        opened = timed("decrypted, verified", size, lambda: self.c.jangbu(
            "buyer", "order", "open", self.order_1, "--out", self.bought, bars=True))
        self.salts = pathlib.Path(opened["salts"])
        check(self.bought.read_bytes() == self.first.read_bytes(), "the bought file is the registered one")
        changes = self.change(before, self.books())
        self.show_books(changes)
        check(changes["seller"] == {"available": PRICE - FEE + TAX}, "the seller gets supply - fee + tax")
        check(changes["buyer"] == {"available": -OWN}, "the buyer pays the own part")
        check(changes["treasury"] == {"available": FEE}, "the treasury gets the fee")
        check(changes["voucher"] == {"open": -VOUCHER, "spent": VOUCHER}, "the voucher is spent")
        check(changes["programme"] == {"open": -VOUCHER, "spent": VOUCHER, "cash": -VOUCHER}, "the programme paid")
        check(PRICE - FEE + TAX + FEE == OWN + VOUCHER, "the books sum to zero")
        state = self.c.jangbu("buyer", "order", "show", self.order_1, quiet=True)["state_name"]
        self.certificate = self.folder / "certificate.jbproof.json"
        self.receipt = self.folder / "receipt.jbproof.json"
        self.c.jangbu("seller", "dataset", "certificate", self.dataset, "--out", self.certificate)
        self.c.jangbu("buyer", "order", "receipt", self.order_1, "--out", self.receipt)
        say(f"act 1: {state}")
        check(state == "SETTLED", "act 1 ends settled")

    def act_2(self):
        say()
        step("ACT 2: a seller who flips one byte")
        dataset, listing = self.offer(self.second, "CNC 절삭가공 시험 데이터", "시험")
        before = self.books()
        order = self.order(dataset, listing, "시험")
        step("the dishonest seller (a test program on the client library) encrypts with one byte changed and accepts")
        self.c.run([str(self.build / "tests/e2e/dishonest_seller"), "--home", str(self.c.folder / "seller"),
                    "--order", order, "--file", str(self.second)])
        self.c.jangbu("buyer", "order", "fetch", order)
        self.c.jangbu("seller", "order", "key", order, "--evidence", "E0")
        opened = self.c.jangbu("buyer", "order", "open", order, "--out", self.folder / "refused.csv", expect=(0, 6))
        state = self.c.jangbu("buyer", "order", "show", order, quiet=True)["state_name"]
        step(f"the buyer's client found chunk {opened.get('bad_chunk')} and proved it")
        changes = self.change(before, self.books())
        self.show_books(changes)
        to_buyer = BOND * (PRICE - VOUCHER) // PRICE
        check(changes["buyer"] == {"available": to_buyer}, "the buyer has its money back and its share of the bond")
        check(changes["seller"] == {"available": -BOND, "strikes": 1}, "the seller lost the bond")
        check(changes["voucher"] == {}, "the voucher is open again")
        check(changes["programme"] == {"income": BOND - to_buyer, "cash": BOND - to_buyer}, "the programme got the rest")
        say(f"act 2: {state}")
        check(state == "REFUND_PROVEN", "act 2 ends with a proven refund")

    def act_3(self):
        say()
        step("ACT 3: the daemon is stopped; what remains is checked offline")
        self.c.stop()
        proof = self.c.jangbu("seller", "verify", self.certificate, "--file", self.first, "--seed-from-home")
        trade = self.c.jangbu("buyer", "verify", self.receipt, "--file", self.bought, "--salts", self.salts)
        check(proof["file_checked"] and trade["file_checked"], "both files were compared with the registered root")
        text = self.certificate.read_bytes()
        changed = self.folder / "changed.jbproof.json"
        for at in (10, len(text) // 2, len(text) - 20):
            changed.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1:])
            self.c.jangbu("seller", "verify", changed, expect=6, quiet=True)
        step("one changed byte in the certificate: refused with exit code 6, at three places")
        damaged = self.folder / "damaged.csv"
        shutil.copyfile(self.bought, damaged)
        with open(damaged, "r+b") as file:
            file.seek(damaged.stat().st_size // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        self.c.jangbu("buyer", "verify", self.receipt, "--file", damaged, "--salts", self.salts, expect=6, quiet=True)
        step("one changed byte in the data: refused with exit code 6")
        say(f"act 3: VERIFIED {proof['level']}")
        check(proof["level"] == trade["level"] == "E0", "one operator's word stands behind it")
        for name, value in proof["subject"].items():
            say(f"    {name}: {value}")
        say(f"    {proof['proves']}")
        say(f"    {proof['does_not_prove']}")

    def run(self):
        self.prepare()
        self.act_1()
        self.act_2()
        self.act_3()
        say()
        for what, rate, seconds in RATES[:4]:
            say(f"    {rate:7.1f} MiB/s {what} ({seconds:.1f} s)")
        step("done")


def main():
    build = pathlib.Path(sys.argv[1])
    own_file = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    if own_file and (not own_file.is_file() or own_file.stat().st_size == 0):
        raise SystemExit(f"demo: {own_file} is not a file with content")
    with tempfile.TemporaryDirectory(prefix="jangbu-demo-") as folder:
        Demo(build, pathlib.Path(folder), own_file).run()


if __name__ == "__main__":
    main()
