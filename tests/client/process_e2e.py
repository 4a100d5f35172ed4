#!/usr/bin/env python3
"""Raw data, a plan, a product registered as derived, and what its licence lets; against the real daemon.
usage: process_e2e.py BUILD"""
import hashlib
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium  # noqa: E402

PLAN = """format = "jangbu-plan/1"
[[step]]
do = "order"
column = "time"
within = 50
[[step]]
do = "dedupe"
[[step]]
do = "resample"
column = "time"
interval_ms = 1000
decimals = 2
mean = ["spindle_power_w"]
first = ["part"]
"""


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    c = Consortium(sys.argv[1], folder / "consortium")
    c.make()
    c.start()
    raw, plan, bought = folder / "raw.csv", folder / "plan.toml", folder / "bought.csv"
    product, again = folder / "product.csv", folder / "again.csv"
    plan.write_text(PLAN)
    c.jangbu("seller", "simulate", "cnc", "--seed", 5, "--rows", 20_000, "--out", raw)
    parent = c.jangbu("seller", "dataset", "register", raw, "--origin", "simulated")["id"]

    # A free listing that lets derive, and one that does not, bought by the buyer.
    def buy(licence):
        listing = c.jangbu("seller", "listing", "publish", parent, "--title", "원시 데이터", "--summary", "시험",
                           "--licence", licence, "--category", 1)["id"]
        order = c.jangbu("buyer", "order", "place", listing)["id"]
        c.jangbu("seller", "order", "accept", order, "--file", raw)
        c.jangbu("buyer", "order", "fetch", order)
        c.jangbu("seller", "order", "key", order, "--evidence", "E0")
        return order

    right, wrong = buy("use,derive"), buy("use")
    c.jangbu("buyer", "order", "open", right, "--out", bought)
    c.jangbu("buyer", "order", "open", wrong, "--out", folder / "bought-again.csv")
    check(sha256(bought) == sha256(raw), "the buyer has what was registered")

    # The plan, twice, by two members.
    made = c.jangbu("buyer", "process", plan, "--in", bought, "--out", product)
    repeated = c.jangbu("seller", "process", plan, "--in", raw, "--out", again)
    check(sha256(product) == sha256(again) == made["outputs"][0]["sha256"], "the same bytes from both")
    check(made["plan_digest"] == repeated["plan_digest"], "the same plan")
    lineage = pathlib.Path(made["lineage"])
    check(json.loads(lineage.read_text())["inputs"][0]["sha256"] == sha256(raw), "the input is named by its digest")

    def register(member, file, *parents, expect=0, record=lineage):
        options = [option for one in parents for option in ("--parent", one)]
        return c.jangbu(member, "dataset", "register", file, "--origin", "derived", "--lineage", record, *options,
                        expect=expect)

    # Refused, each for its reason.
    check(register("buyer", product, parent, expect=1)["rejection"] == 143, "another's data is not one's own")
    check(register("buyer", product, f"{parent}={wrong}", expect=1)["rejection"] == 143, "the licence lets not derive")
    check("no output" in register("buyer", bought, f"{parent}={right}", expect=6)["detail"], "not what the plan made")
    c.jangbu("buyer", "dataset", "register", product, "--origin", "derived", expect=2)

    derived = register("buyer", product, f"{parent}={right}")
    check(register("buyer", product, f"{parent}={right}")["repeated"], "registered once")
    shown = c.jangbu("agency", "dataset", "show", derived["id"])
    check(shown["parents"] == [{"dataset": parent, "order": right, "share_ppm": 0, "simulated": True}],
          "the parent is proven to anyone, and that it was simulated")
    check(shown["lineage_level"] == "L1", "the level is told")

    # A second party that has the parent's data runs the plan again and countersigns.
    def attest(member, kind, *options, expect=0):
        return c.jangbu(member, "dataset", "attest", derived["id"], "--kind", kind, *options, expect=expect)

    other_plan, other = folder / "other.toml", folder / "other.csv"
    other_plan.write_text(PLAN.replace("1000", "2000"))
    ran = c.jangbu("seller", "process", other_plan, "--in", raw, "--out", other)
    check("another plan" in attest("seller", "rerun", "--lineage", ran["lineage"], expect=6)["detail"], "a run differs")
    check(attest("buyer", "rerun", "--lineage", lineage, "--order", right, expect=1)["rejection"] == 101,
          "nobody countersigns the own work")
    attest("agency", "rerun", "--lineage", lineage, expect=2)  # has no right to the parent
    again_lineage = repeated["lineage"]
    check(not attest("seller", "rerun", "--lineage", again_lineage)["repeated"], "countersigned")
    check(attest("seller", "rerun", "--lineage", again_lineage)["repeated"], "once")
    report = folder / "report.txt"
    report.write_text("검사 성적서: 이상 없음\n")
    check(attest("seller", "inspection", "--report", report, expect=1)["rejection"] == 101, "attestors report")
    attest("agency", "inspection", "--report", report, "--until", "+365d")
    shown = c.jangbu("buyer", "dataset", "show", derived["id"])
    check(shown["lineage_level"] == "L2", "a second party stands behind it")
    check(sorted((one["kind"], one["agrees"]) for one in shown["attestations"])
          == [("inspection", None), ("rerun", True)], "both are proven to anyone")

    # It can be offered with what its inputs allow, and no more.
    def offer(licence, expect=0):
        return c.jangbu("buyer", "listing", "publish", derived["id"], "--price", 1_000, "--title", "상품", "--summary",
                        "시험", "--licence", licence, "--category", 1, expect=expect)

    check(offer("use,resell", expect=1)["rejection"] == 144, "a licence wider than its input's")
    offer("use,derive")

    # One's own data needs no order.
    own = register("seller", again, parent, record=pathlib.Path(repeated["lineage"]))
    check(own["id"] != derived["id"], "another registrant, another dataset")
    c.stop()
print("derived data: plan, right, ceiling and lineage hold")
