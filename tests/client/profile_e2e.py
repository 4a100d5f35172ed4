#!/usr/bin/env python3
"""The profile document travels with a dataset, against the real daemon. usage: profile_e2e.py BUILD"""
import hashlib
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium  # noqa: E402


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def uleb(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def schema_hash(dictionary):
    """docs/profile.md, written again: BCS of the dictionary under the tag of the schema."""
    def text(value):
        return uleb(len(value.encode())) + value.encode()
    types = ["empty", "integer", "real", "boolean", "time", "category", "text"]
    out = b"\x01" + text(dictionary["title"]) + text(dictionary["equipment"]) + uleb(len(dictionary["columns"]))
    for column in dictionary["columns"]:
        out += text(column["name"]) + text(column["meaning"]) + bytes([types.index(column["type"])])
        out += text(column["unit"]) + text(column["min"]) + text(column["max"]) + text(column["equipment"])
    tag = hashlib.sha256(b"jangbu/schema/v1").digest()
    return hashlib.sha256(tag + tag + out).hexdigest()


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    c = Consortium(sys.argv[1], folder / "consortium")
    c.make()
    c.start()
    data, draft = folder / "data.csv", folder / "dictionary.toml"
    c.jangbu("seller", "simulate", "cnc", "--seed", 11, "--rows", 20_000, "--out", data)
    c.jangbu("seller", "dataset", "dictionary", "draft", data, "--out", draft)
    draft.write_text(draft.read_text().replace('title = ""', 'title = "밀링 주축"', 1))
    checked = c.jangbu("seller", "dataset", "dictionary", "check", draft, "--data", data)

    plain = c.jangbu("seller", "dataset", "register", data, "--origin", "simulated")
    check(plain["schema_hash"] == "0" * 64, "no dictionary, no hash")
    described = ("dataset", "register", data, "--origin", "simulated", "--dictionary", draft, "--profile")
    registered = c.jangbu("seller", *described)
    check(registered["schema_hash"] == checked["schema_hash"], "the dictionary's hash is registered")
    check(c.jangbu("seller", *described)["repeated"], "the same description is registered once")

    # Another member reads it.
    shown = c.jangbu("buyer", "dataset", "show", registered["id"])
    document = shown["profile_document"]
    check(schema_hash(document["dictionary"]) == registered["schema_hash"], "the hash follows from the document")
    check(document["dictionary"]["title"] == "밀링 주축", "Korean text travels")
    check(document["profile"]["rows"] == 20_000, "the profile is of this data")
    check("profile_document" not in c.jangbu("buyer", "dataset", "show", plain["id"]), "nothing unasked is published")
    check(data.name not in json.dumps(document), "the file's name stays at home")

    # Words of the registrant, as a public document of the dataset itself.
    words = ("--title", "밀링 주축", "--title", "en=Milling spindle", "--process", "절삭", "--format", "csv")
    worded = c.jangbu("seller", "dataset", "register", data, "--origin", "simulated", *words)
    check(worded["id"] not in (plain["id"], registered["id"]), "said otherwise, it is another registration")
    check(c.jangbu("seller", "dataset", "register", data, "--origin", "simulated", *words)["repeated"], "once")
    told = folder / "dcat.json"
    c.jangbu("buyer", "dataset", "metadata", worded["id"], "--format", "dcat", "--out", told)
    check("Milling spindle" in told.read_text(), "other catalogues read the title")
    c.jangbu("seller", "dataset", "register", data, "--process", "절삭", expect=2)  # facets without a title
    c.jangbu("seller", "dataset", "register", data, "--title", "가", "--process", "절삭,연삭", expect=2)

    person = folder / "person.csv"
    person.write_text("작업자,값\n홍길동,1\n김철수,2\n")
    refused = c.jangbu("seller", "dataset", "register", person, expect=2)
    check("--accept-findings" in refused["detail"], "findings are asked about")
    accepted = c.jangbu("seller", "dataset", "register", person, "--accept-findings", "--profile")
    profile = json.dumps(c.jangbu("buyer", "dataset", "show", accepted["id"])["profile_document"], ensure_ascii=False)
    check("작업자" in profile and "홍길동" not in profile, "the values of text columns stay at home")
    c.stop()
print("travels: ok")
