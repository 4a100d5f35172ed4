#!/usr/bin/env python3
"""Certificates that people use: proof, credential and page, against the real daemon, then offline.
usage: certificate_e2e.py BUILD [--javascript | KEEP]    --javascript: also verified by an independent library"""
import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium  # noqa: E402

NAME, TITLE = "대한정밀 주식회사", "5축 가공기 주축 진동·온도 2026"
JAVASCRIPT = "--javascript" in sys.argv


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def tool(*command, text=True):
    return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=text, timeout=300)


def have(*names):
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        print(f"SKIPPED: without {', '.join(missing)} a part of this test did not run")
    return not missing


def changed_everywhere(credential):
    """The credential once for each of its texts and numbers, with that one changed."""
    def walk(node, path):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            if isinstance(value, (dict, list)):
                yield from walk(value, path + [key])
            else:
                yield path + [key]
    for path in walk(credential, []):
        bad = copy.deepcopy(credential)
        node = bad
        for key in path[:-1]:
            node = node[key]
        value = node[path[-1]]
        node[path[-1]] = value + 1 if isinstance(value, int) else (
            value[:-1] + ("A" if value[-1] != "A" else "B"))
        yield "/".join(map(str, path)), bad
    for name in credential:
        bad = copy.deepcopy(credential)
        del bad[name]
        yield f"without {name}", bad
    yield "one more member", {**credential, "note": "gold medal"}


def check_page(folder, credential_text, chain_id, dataset):
    pdf = folder / "certificate.pdf"
    if have("pdftotext", "pdftoppm", "pdfdetach", "pdffonts"):
        words = tool("pdftotext", "-layout", pdf, "-").stdout
        flat = re.sub(r"\s", "", words)
        for korean in ("원본증명서", NAME.replace(" ", ""), TITLE.replace(" ", ""), "시뮬레이션데이터", "등록시각"):
            check(korean in flat, f"the page says {korean}")
        for english in ("CERTIFICATE OF ORIGINALITY", "SIMULATED DATA", "It proves neither truth, nor ownership"):
            check(english.replace(" ", "") in flat, f"the page says {english}")
        check(dataset in flat and dataset[:4] + "-" + dataset[4:8] in flat, "the page names the dataset")
        fonts = tool("pdffonts", pdf).stdout.splitlines()[2:]
        check(fonts and all("Nanum" in line and re.search(r"yes\s+\w+\s+yes", line) for line in fonts),
              f"every font is embedded and extracts: {fonts}")
        check(tool("pdftoppm", "-r", "150", "-png", "-singlefile", pdf, folder / "page").returncode == 0, "it renders")
        check((folder / "page.png").stat().st_size > 50_000, "the picture is not empty")
        listed = tool("pdfdetach", "-list", pdf).stdout
        check("1 embedded files" in listed and "certificate.vc.json" in listed, f"one attachment: {listed}")
        tool("pdfdetach", "-save", "1", "-o", folder / "detached.json", pdf)
        check((folder / "detached.json").read_bytes() == credential_text, "the attachment is the credential")
        if have("zbarimg"):
            read = tool("zbarimg", "-q", "--raw", folder / "page.png").stdout.strip()
            check(read == f"JANGBU:{chain_id[:8]}:{dataset}", f"the QR code says {read!r}")
    check(pdf.stat().st_size < 600_000, f"a page of {pdf.stat().st_size} bytes")
    print(f"certificate: a page of {pdf.stat().st_size / 1024:.0f} KiB")


def javascript(build, files):
    """Verdicts of the other implementation; None where it cannot run."""
    if not have("node", "npm"):
        return None
    place = pathlib.Path(build) / "credential_js"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT / "tests/client/credential_js", place)
    got = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-progress"], cwd=place, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    if got.returncode != 0:
        print("SKIPPED: the JavaScript packages cannot be had:", got.stdout.strip().splitlines()[-1:])
        return None
    run = tool("node", place / "check.mjs", *files)
    check(run.returncode == 0, run.stderr)
    return json.loads(run.stdout)


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    c = Consortium(sys.argv[1], folder / "consortium")
    c.make()
    c.start()
    data = folder / "data.csv"
    c.jangbu("seller", "simulate", "cnc", "--seed", 3, "--rows", 500, "--out", data)
    dataset = c.jangbu("seller", "dataset", "register", data, "--origin", "simulated")["id"]
    words = ("--name", NAME, "--title", TITLE)
    certificate = ("dataset", "certificate", dataset)

    c.jangbu("seller", *certificate, "--format", "vc", "--out", folder / "first-key.json")
    first = next(k for k in c.jangbu("seller", "keys", "list")["keys"] if k["purpose"] == "certify")
    c.jangbu("seller", "keys", "revoke", first["key_id"])
    refused = c.jangbu("seller", *certificate, "--format", "vc", "--out", folder / "x", expect=4)
    check("certify" in refused["detail"] and not (folder / "x").exists(), "without a certify key there is no credential")
    c.jangbu("seller", "keys", "add", "certify")
    c.jangbu("seller", *certificate, "--out", folder / "certificate.json")
    made = c.jangbu("seller", *certificate, "--format", "vc", *words, "--out", folder / "certificate.vc.json")
    again = c.jangbu("seller", *certificate, "--format", "vc", *words, "--out", folder / "again.json")
    check(made["simulated"] and made["issuer"].startswith("did:key:z6Mk") and again["issuer"] == made["issuer"], "by its key")
    c.jangbu("seller", *certificate, "--format", "pdf", *words, "--out", folder / "certificate.pdf")
    c.jangbu("buyer", *certificate, "--out", folder / "by-buyer.json")
    check("registrant" in c.jangbu("buyer", *certificate, "--format", "pdf", "--out", folder / "x", expect=4)["detail"],
          "another member issues nothing in the seller's name")
    c.jangbu("seller", *certificate, "--format", "vc", "--name", "two\nlines", "--out", folder / "x", expect=2)
    c.jangbu("seller", *certificate, "--format", "pdf", "--title", "😀", "--out", folder / "x", expect=2)
    c.jangbu("seller", *certificate, "--name", NAME, "--out", folder / "x", expect=2)
    check(not (folder / "x").exists(), "nothing half-made is left")
    c.stop()

    # Offline, by somebody who knows the chain id alone.
    def verify(name, expect=0, *more):
        return c.jangbu("nobody", "verify", folder / name, "--genesis", c.chain_id, *more, expect=expect)

    bare, credential, page = (verify(f"certificate.{kind}") for kind in ("json", "vc.json", "pdf"))
    text = (folder / "certificate.vc.json").read_bytes()
    for answer in (credential, page):
        check(answer["subject"] == bare["subject"] and answer["level"] == "E0" and answer["simulated"], "the same claim")
        check(answer["credential"]["registrant_name"] == NAME and answer["credential"]["title"] == TITLE, "and its words")
    check(page["page_as_drawn"] is True and credential["page_as_drawn"] is None, "the page is the one drawn from it")
    c.jangbu("nobody", "verify", folder / "certificate.vc.json", "--genesis", "0" * 64, expect=6)

    check(verify("first-key.json")["credential"]["issuer"] != made["issuer"], "signed while that key was in force")
    document = json.loads(text)
    check(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == text, "canonical")
    (folder / "pretty.json").write_text(json.dumps(document, indent=2))
    verify("pretty.json")
    (folder / "twice.json").write_bytes(text.replace(b'"issuer":', b'"issuer":"did:key:z6Mkx","issuer":', 1))
    check("twice" in verify("twice.json", 6)["detail"], "a name that stands twice is refused")
    bad_files = []
    for what, bad in changed_everywhere(document):
        bad_files.append(folder / f"bad{len(bad_files)}.json")
        bad_files[-1].write_text(json.dumps(bad))
        check(verify(bad_files[-1].name, 6)["code"] == "verification_failed", f"changed {what} is refused")
    check(len(bad_files) > 30, f"{len(bad_files)} changes")

    check_page(folder, text, c.chain_id, dataset)
    pdf = (folder / "certificate.pdf").read_bytes()
    (folder / "touched.pdf").write_bytes(pdf + b"\n")
    check(verify("touched.pdf")["page_as_drawn"] is False, "a page with another byte is told")
    c.environment["JANGBU_FONTS"] = str(folder)
    check(verify("certificate.pdf")["page_as_drawn"] is None, "without the fonts nothing is said about the page")
    del c.environment["JANGBU_FONTS"]
    inside = pdf.index(NAME.encode())
    (folder / "renamed.pdf").write_bytes(pdf[:inside] + "나".encode() + pdf[inside + 3:])
    check("signature" in verify("renamed.pdf", 6)["detail"], "another name in the attachment is refused")
    (folder / "cut.pdf").write_bytes(pdf[:len(pdf) // 3])
    verify("cut.pdf", 6)
    (folder / "two.pdf").write_bytes(pdf + b"\n/Type /EmbeddedFile")
    check("more than one" in verify("two.pdf", 6)["detail"], "which attachment counts is never a guess")

    if JAVASCRIPT:
        verdicts = javascript(sys.argv[1], [folder / "certificate.vc.json", folder / "pretty.json", *bad_files])
        if verdicts:
            check(verdicts[0]["verified"] and verdicts[1]["verified"], f"the other library agrees: {verdicts[0]}")
            wrong = [v["file"] for v in verdicts[2:] if v["verified"]]
            check(not wrong, f"the other library refuses what is changed: {wrong}")
            print(f"certificate: an independent library verified 2 and refused {len(bad_files)}")
    if len(sys.argv) > 2 and not JAVASCRIPT:  # where to keep what was made, to look at
        keep = pathlib.Path(sys.argv[2])
        keep.mkdir(exist_ok=True)
        for name in ("certificate.pdf", "certificate.vc.json", "page.png"):
            if (folder / name).exists():
                shutil.copy(folder / name, keep / name)
        (keep / "chain_id").write_text(c.chain_id)
print("certificate: ok")
