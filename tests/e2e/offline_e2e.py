#!/usr/bin/env python3
"""Three machines against the real daemon: one makes a transaction without a password, one signs it without a node, one
sends it without keys. usage: offline_e2e.py BUILD TEST"""
import contextlib
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import FAMILY, FISCAL_YEAR, Consortium  # noqa: E402

NOWHERE = "http://127.0.0.1:1"
# Bytes of a transaction file (docs/formats.md section 15).
CHAIN, SIGNED, VALID_FROM, VALID_FOR, OPERATION = 1, 33, 73, 81, 93


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


@contextlib.contextmanager
def without_password(c):
    password = c.environment.pop("JANGBU_PASSWORD")
    try:
        yield
    finally:
        c.environment["JANGBU_PASSWORD"] = password


class Machines:
    """`office` makes, the member signs, `sender` sends."""

    def __init__(self, build, folder):
        self.c = Consortium(build, folder / "consortium")
        self.c.make()
        self.c.start()
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.c.port}"
        for member in ("agency", "seller", "buyer"):
            self.c.jangbu(member, "config", "set", "chain-id", self.c.chain_id)
        with without_password(self.c):
            for home in ("office", "sender"):
                self.c.jangbu(home, "config", "set", "node", self.url)

    def make(self, member, *command, expect=0):
        with without_password(self.c):
            self.c.jangbu("office", "config", "set", "organisation", self.c.org[member])
            return self.c.jangbu("office", *command, expect=expect)

    def sign(self, member, file, expect=0):
        self.c.jangbu(member, "config", "set", "node", NOWHERE)
        try:
            return self.c.jangbu(member, "sign", file, expect=expect)
        finally:
            self.c.jangbu(member, "config", "set", "node", self.url)

    def send(self, file, expect=0):
        with without_password(self.c):
            return self.c.jangbu("sender", "broadcast", file, expect=expect)

    def act(self, member, *command):
        """One act by way of all three; sent twice."""
        file = self.folder / "act.tx"
        made = self.make(member, *command, "--generate-only", file)
        check(self.sign(member, file)["txid"] == made["txid"], "signing keeps the transaction id")
        first, second = self.send(file), self.send(file)
        check(first["txid"] == second["txid"] == made["txid"], "one transaction, however often it is sent")
        check(first["height"] == second["height"] and second["repeated"], "the second broadcast finds the first")
        return made


def three_machines(build, folder):
    m = Machines(build, folder)
    c = m.c
    c.mint("agency", 5_000_000, "bank-1")
    c.mint("buyer", 5_000_000, "bank-2")
    create = ("programme", "create", "--family", FAMILY, "--year", FISCAL_YEAR, "--budget", 2_000_000,
              "--share", "70,70,50,0", "--valid-to", "+300d", "--generate-only")
    once, twice = folder / "once.tx", folder / "twice.tx"
    programme = m.make("agency", *create, once)["id"]
    check(m.make("agency", *create, twice)["id"] == programme, "one act is one programme")
    check(once.read_bytes() == twice.read_bytes(), "an act that is made again is the same transaction")
    with without_password(c):
        shown = c.jangbu("nobody", "tx", "show", once)
    check(shown["operation"] == "CreateProgramme" and not shown["signed"], f"what a file says: {shown}")
    m.send(once, expect=2)
    m.sign("agency", once)
    m.sign("agency", twice)
    check(once.read_bytes() == twice.read_bytes(), "a signature hangs on nothing but key and transaction")
    m.send(once)
    m.send(twice)
    check(m.make("agency", *create, once)["repeated"], "the maker learns that it was done")

    m.act("agency", "programme", "open", programme)
    m.act("agency", "programme", "fund", programme, "--amount", 1_000_000)
    check(c.programme(programme)["budget"] == 1_000_000, "paid in once")
    check(c.account("agency")["available"] == 4_000_000, "paid once")
    tag = c.jangbu("agency", "tag", "purpose", "--family", FAMILY, "--number", "202-22-00002", "--code", 1,
                   "--year", FISCAL_YEAR)["tag"]
    voucher = m.act("agency", "programme", "issue", programme, "--holder", c.org["buyer"], "--amount", 300_000,
                    "--expiry", "+180d", "--purpose-tag", tag)["id"]
    check(c.voucher(voucher)["open"] == 300_000, "the voucher is there")

    data = folder / "data.csv"
    c.jangbu("seller", "simulate", "cnc", "--seed", 3, "--rows", 1_000, "--out", data)
    dataset = c.jangbu("seller", "dataset", "register", data, "--origin", "simulated")["id"]
    listing = m.act("seller", "listing", "publish", dataset, "--price", 1_000_000, "--title", "절삭가공")["id"]
    found = c.jangbu("buyer", "listing", "search", "절삭")["items"]
    check([one["id"] for one in found] == [listing], "one listing, found by its title")
    order = c.jangbu("buyer", "order", "place", listing)["id"]
    m.act("buyer", "order", "decline", order)
    check(c.account("buyer")["available"] == 5_000_000, "the buyer's money is available again")
    order = c.jangbu("buyer", "order", "place", listing, "--again")["id"]
    m.act("seller", "order", "reject", order, "--reason", 7)
    check(c.jangbu("buyer", "order", "show", order)["state_name"] == "CANCELLED", "the seller refused it")
    report = folder / "report.txt"
    report.write_text("the spindle was calibrated")
    m.act("agency", "dataset", "attest", dataset, "--kind", "calibration", "--report", report)
    check(len(c.jangbu("buyer", "dataset", "show", dataset)["attestations"]) == 1, "attested once")
    key = c.jangbu("seller", "keys", "add", "witness")["key_id"]
    m.act("seller", "keys", "revoke", key)
    check(not [one for one in c.jangbu("seller", "keys", "list")["keys"] if one["key_id"] == key][0]["live"], "revoked")

    # What the ledger refuses, it refuses again; the maker may then make it anew.
    file = folder / "poor.tx"
    poor = ("programme", "fund", programme, "--amount", 1_500_000, "--generate-only", file)
    poor_id = m.make("buyer", *poor)["txid"]
    m.sign("buyer", file)
    first, second = m.send(file, expect=1), m.send(file, expect=1)
    check(first["rejection"] == second["rejection"] != 0, f"refused by number: {first}")
    check(m.make("buyer", *poor)["txid"] != poor_id, "what was refused is drafted afresh")

    # A home with keys that only made the act signs that one and no other.
    file = folder / "own.tx"
    fund = ("programme", "fund", programme, "--amount", 5)
    made = c.jangbu("agency", *fund, "--generate-only", file)["txid"]
    check(c.jangbu("agency", *fund)["txid"] == made, "made and then signed here: one transaction")
    c.jangbu("agency", *fund, "--generate-only", file, expect=1)
    check(c.programme(programme)["budget"] == 1_000_005, "paid in once")
    m.sign("agency", file)
    check(m.send(file)["repeated"], "the file that was made before is that transaction too")
    c.stop()


def bad_files(build, folder):
    m = Machines(build, folder)
    c = m.c
    c.mint("agency", 5_000_000, "bank-1")
    good = folder / "good.tx"
    with without_password(c):
        c.jangbu("nobody", "keys", "revoke", "00" * 32, "--node", m.url, "--generate-only", good, expect=2)
    create = ("programme", "create", "--family", FAMILY, "--year", FISCAL_YEAR, "--budget", 2_000_000,
              "--share", "70,70,50,0", "--valid-to", "+300d")
    (folder / "rules.md").write_text("the rules of this programme")
    create += ("--rules", folder / "rules.md")
    m.make("agency", *create, "--generate-only", good)
    check(c.jangbu("agency", "config", "set", "organisation", c.org["seller"], expect=4)["code"] == "not_allowed",
          "keys say whose a home is")
    c.jangbu("seller", "order", "accept", "00" * 32, "--generate-only", good, expect=2)  # needs secrets
    unsigned = good.read_bytes()
    bad = folder / "bad.tx"

    def refused(content, member, code, words, send=False):
        bad.write_bytes(content)
        answer = m.send(bad, expect=code) if send else m.sign(member, bad, expect=code)
        check(words in answer["detail"], f"{words!r} is not in {answer}")
        check(bad.read_bytes() == content, "the file is as it was")

    def changed(content, at, by):
        return content[:at] + by + content[at + len(by):]

    refused(b"", "agency", 7, "no transaction file")
    refused(b"a letter", "agency", 7, "no transaction file")
    refused(unsigned[:-1], "agency", 7, "no transaction file")
    refused(unsigned[:40], "agency", 7, "no transaction file")
    refused(unsigned + b"\0", "agency", 7, "trailing")
    refused(unsigned + bytes(1 << 20), "agency", 7, "no transaction file")
    refused(changed(unsigned, 0, b"\2"), "agency", 7, "no transaction file")
    refused(changed(unsigned, CHAIN, b"\0\0\0\0"), "agency", 7, "another ledger")
    refused(changed(unsigned, CHAIN + 8, bytes(8)), "agency", 6, "this home trusts")
    refused(changed(unsigned, SIGNED, b"\1"), "agency", 6, "signature")
    refused(changed(unsigned, len(unsigned) - 1, b"\1"), "agency", 7, "document")
    refused(unsigned, "seller", 4, "no transact key of this home")
    minted = b"\x02" + bytes(32 + 8 + 32)
    refused(unsigned[:OPERATION] + minted + bytes(64 + 1), "agency", 4, "not shown whole")
    now = time.time_ns() // 1_000_000
    refused(changed(unsigned, VALID_FROM, (now - 7_200_000).to_bytes(8, "little")), "agency", 1, "window ended")
    refused(unsigned, "agency", 2, "not signed yet", send=True)
    with without_password(c):
        asked = c.run([str(c.bin / "jangbu"), "--home", str(c.folder / "agency"), "sign", str(good)], expect=2)
        check("password" in asked.stderr, "without a password nothing is signed")
    asked = c.run([str(c.bin / "jangbu"), "--home", str(c.folder / "agency"), "sign", str(good)], expect=2)
    check("CreateProgramme" in asked.stderr and "2,000,000 won" in asked.stderr, "what will be signed is shown")
    check(good.read_bytes() == unsigned, "and where nobody can say yes, it is not signed")
    c.jangbu("stranger", "sign", good, expect=2)  # trusts no ledger
    c.jangbu("stranger", "--chain-id", c.chain_id, "sign", good, expect=2)  # has no keys

    m.sign("agency", good)
    signed = good.read_bytes()
    refused(signed, "agency", 7, "signed already")
    refused(changed(signed, VALID_FOR, bytes(3)), "agency", 6, "signature", send=True)
    refused(changed(signed, SIGNED, b"\0"), "agency", 7, "not signed, and is", send=True)
    refused(signed[:-1], "agency", 7, "no transaction file", send=True)

    # A window that ends between signature and broadcast.
    late = folder / "late.tx"
    ends = time.time_ns() // 1_000_000 + 15_000
    late.write_bytes(changed(unsigned, VALID_FROM, (ends - 600_000).to_bytes(8, "little") +
                             (600_000).to_bytes(4, "little")))
    m.sign("agency", late)
    while time.time_ns() // 1_000_000 <= ends + 1_000:
        time.sleep(0.2)
    c.mint("agency", 1, "bank-2")  # a block whose time is behind it
    check("window ended" in m.send(late, expect=1)["detail"], "too late")
    m.send(good)

    # Another ledger, whose node and sender know nothing of this one.
    other = Consortium(build, folder / "other")
    other.make()
    other.start()
    wrong = other.jangbu("buyer", "broadcast", good, expect=6)
    check("of ledger " + c.chain_id in wrong["detail"], f"of another ledger: {wrong}")
    other.stop()
    c.stop()
    check(m.send(good, expect=5)["code"] == "unavailable", "no node, run it again")


TESTS = {test.__name__: test for test in (three_machines, bad_files)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place))
    print("ok")
