#!/usr/bin/env python3
"""What other catalogues read of a dataset, from the real daemon: by Accept, by ?format=, by the command line.
usage: metadata_e2e.py BUILD [--others | KEEP]    --others: also read by mlcroissant, prov and rdflib, from a virtual
environment in BUILD that is made if it is not there; what cannot be had is SKIPPED"""
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium  # noqa: E402

FORMATS = ("dcat", "croissant", "csvw", "prov", "odrl")
OTHERS = "--others" in sys.argv
REQUIREMENTS = ROOT / "tests/client/metadata_requirements.txt"
PLAN = """format = "jangbu-plan/1"
[[step]]
do = "dedupe"
"""


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def environment(build):
    """The interpreter of a virtual environment with the pinned libraries; None where they cannot be had."""
    place = pathlib.Path(build).resolve() / "metadata_venv"
    python, stamp = place / "bin/python", place / "installed"
    if not stamp.exists():
        for command in ([sys.executable, "-m", "venv", place], [python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS]):
            made = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if made.returncode != 0:
                print(f"SKIPPED: without {REQUIREMENTS.name} no other library reads this:", made.stderr.strip()[-200:])
                return None
        stamp.touch()
    return str(python)


def other_readers(script, needs, *arguments):
    """Runs a script beside the libraries of others; None without them."""
    if PYTHON is None:
        return None
    run = subprocess.run([PYTHON, "-c", script, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                         text=True, timeout=600)
    check(run.returncode == 0, f"{needs} reads it: {run.stdout}{run.stderr}")
    return run.stdout + run.stderr


PYTHON = environment(sys.argv[1]) if OTHERS else None
with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    c = Consortium(sys.argv[1], folder / "consortium")
    c.make()
    c.start()
    raw, draft, plan = folder / "raw.csv", folder / "raw.toml", folder / "plan.toml"
    c.jangbu("seller", "simulate", "cnc", "--seed", 9, "--rows", 2000, "--out", raw)
    c.jangbu("seller", "dataset", "dictionary", "draft", raw, "--out", draft)
    dataset = c.jangbu("seller", "dataset", "register", raw, "--origin", "simulated", "--dictionary", draft,
                       "--profile")["id"]
    listing = c.jangbu("seller", "listing", "publish", dataset, "--price", "1,200,000", "--title", "밀링 주축 데이터",
                       "--title", "en=Milling spindle log", "--summary", "주축 진동과 온도", "--keyword", "밀링",
                       "--licence", "use,derive,train", "--attribution", "--category", 1, "--sample")["id"]

    def get(path, accept=None):
        connection = http.client.HTTPConnection("127.0.0.1", c.port, timeout=30)
        connection.request("GET", path, headers={"Accept": accept} if accept else {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    def text_of(name):
        return json.dumps(described[name], ensure_ascii=False)

    path = f"/v1/datasets/{dataset}"
    described = {}
    for name in FORMATS:
        status, headers, body = get(f"{path}?format={name}")
        check(status == 200, f"{name}: {status} {body[:200]}")
        described[name] = json.loads(body)
        check(dataset in body.decode() and c.jangbu("buyer", "dataset", "show", dataset, quiet=True)["data_root"]
              in body.decode(), f"{name} names the dataset and its root")
        c.jangbu("buyer", "dataset", "metadata", dataset, "--format", name, "--out", folder / f"{name}.json")
        check(json.loads((folder / f"{name}.json").read_text()) == described[name], f"{name} by the command line")

    # By Accept, with qualities; what is not known is the record as ever.
    for accept, name in (("application/ld+json", "dcat"),
                         ('application/ld+json;profile="http://mlcommons.org/croissant/1.1"', "croissant"),
                         ("application/csvm+json", "csvw"), ("text/html;q=0.9, application/csvm+json;q=0.2", "csvw"),
                         ('application/json;profile="http://www.w3.org/ns/prov#"', "prov"),
                         ('application/ld+json;profile="http://www.w3.org/ns/odrl/2/"', "odrl"),
                         ("application/ld+json;q=0.1, application/csvm+json", "csvw")):
        status, headers, body = get(path, accept)
        check(status == 200 and json.loads(body) == described[name], f"{accept} gives {name}")
        check(headers["Vary"] == "Accept", "caches are told")
    for accept in (None, "*/*", "application/json", "text/html", "application/json, application/ld+json;q=0.5"):
        check(json.loads(get(path, accept)[2])["schema"] == "jangbu/dataset/1", f"{accept} gives the record")
    status, _, body = get(f"{path}?format=xml")
    check(status == 400 and json.loads(body)["code"] == "malformed", "an unknown format is refused")
    check(get("/v1/datasets/" + "0" * 64 + "?format=dcat")[0] == 404, "of no dataset there is nothing")
    c.jangbu("buyer", "dataset", "metadata", dataset, "--format", "xml", expect=2)

    # What each says.
    dcat = described["dcat"]
    check(dcat["@type"] == "dcat:Dataset" and {"@language": "ko", "@value": "밀링 주축 데이터"} in dcat["dct:title"]
          and {"@language": "en", "@value": "Milling spindle log"} in dcat["dct:title"], "both titles")
    check(dcat["dcat:distribution"][0]["dcat:byteSize"]["@value"] == str(raw.stat().st_size), "the size")
    check(all("SIMULATED" in text_of(name) for name in ("dcat", "croissant", "csvw", "prov")), "simulated is said")
    columns = raw.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    check([one["titles"] for one in described["csvw"]["tableSchema"]["columns"]] == columns, "every column")
    check([one["name"] for one in described["croissant"]["variableMeasured"]] == columns, "in Croissant too")
    odrl = described["odrl"]
    check([p["odrl:action"]["@id"] for p in odrl["odrl:permission"]] ==
          ["odrl:use", "odrl:derive", "urn:jangbu:action:train"], "what the licence allows")
    check([p["odrl:action"]["@id"] for p in odrl["odrl:prohibition"]] ==
          ["odrl:distribute", "odrl:sell", "cc:CommercialUse"], "what it does not")
    check("1200000" in text_of("odrl") and "cc:Attribution" in text_of("odrl"), "what it costs, and attribution")

    # Without documents and listing there is less to say.
    bare = folder / "bare.csv"
    c.jangbu("seller", "simulate", "press", "--seed", 9, "--rows", 50, "--out", bare)
    plain = c.jangbu("seller", "dataset", "register", bare, "--origin", "simulated")["id"]
    check(get(f"/v1/datasets/{plain}?format=csvw")[0] == 404, "no dictionary, no columns")
    check(get(f"/v1/datasets/{plain}?format=odrl")[0] == 404, "no listing, no offer")
    check(get(f"/v1/datasets/{plain}?format=croissant")[0] == 200, "the rest is there")

    # Of a product the plain digest and the parents are known.
    plan.write_text(PLAN)
    c.jangbu("seller", "process", plan, "--in", raw, "--out", folder / "product.csv", "--lineage",
             folder / "lineage.json")
    product = c.jangbu("seller", "dataset", "register", folder / "product.csv", "--origin", "derived", "--lineage",
                       folder / "lineage.json", "--parent", dataset, "--profile")["id"]
    derived = {name: json.loads(get(f"/v1/datasets/{product}?format={name}")[2]) for name in ("dcat", "croissant", "prov")}
    check(derived["dcat"]["prov:wasDerivedFrom"] == [{"@id": f"urn:jangbu:dataset:{dataset}"}], "DCAT knows the parent")
    sha256 = json.loads((folder / "lineage.json").read_text())["outputs"][0]["sha256"]
    check(derived["croissant"]["distribution"][0]["sha256"] == sha256, "Croissant has the digest of the product")
    check([one["source"]["extract"]["column"] for one in derived["croissant"]["recordSet"][0]["field"]] == columns,
          "and each column of it")
    check("wasDerivedFrom" in derived["prov"] and "jangbu:planDigest" in json.dumps(derived["prov"]), "PROV has the plan")
    for name in ("croissant", "prov", "dcat"):
        (folder / f"derived-{name}.json").write_text(json.dumps(derived[name]))
    c.stop()

    # Read by the libraries of others, offline.
    for name in ("croissant.json", "derived-croissant.json"):
        said = other_readers("import sys, json, mlcroissant\n"
                             "d = mlcroissant.Dataset(json.load(open(sys.argv[1])))\n"
                             "print([len(r.fields) for r in d.metadata.record_sets], 'fields', d.metadata.ctx.issues.report())\n",
                             "mlcroissant", folder / name)
        check(said is None or ("fields" in said and "rror" not in said and "arning" not in said), f"{name}: {said}")
    for name in ("prov.json", "derived-prov.json"):
        said = other_readers("import sys, prov.model as m\nd = m.ProvDocument.deserialize(sys.argv[1], format='json')\n"
                             "assert m.ProvDocument.deserialize(content=d.serialize(format='json'), format='json') == d\n"
                             "print(d.get_provn())\n", "prov.model", folder / name)
        check(said is None or (dataset in said and "wasAttributedTo" in said), f"{name}: {said}")
    for name in ("dcat.json", "odrl.json", "derived-dcat.json"):
        said = other_readers("import sys, rdflib\ng = rdflib.Graph().parse(sys.argv[1], format='json-ld')\n"
                             "print(len(g), 'triples', set(g.predicates()))\n", "rdflib", folder / name)
        check(said is None or int(said.split()[0]) > 12, f"{name}: {said}")
    if len(sys.argv) > 2 and not OTHERS:
        keep = pathlib.Path(sys.argv[2])
        keep.mkdir(exist_ok=True)
        for one in folder.glob("*.json"):
            shutil.copy(one, keep / one.name)
print("metadata: ok")
