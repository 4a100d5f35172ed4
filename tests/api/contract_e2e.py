#!/usr/bin/env python3
"""The OpenAPI document held against the real daemon: linted, and true for thousands of requests that Schemathesis makes.
usage: contract_e2e.py BUILD REQUESTS    from a virtual environment in BUILD with the pinned packages of
contract_requirements.txt, which is made if it is not there; without them it is SKIPPED"""
import collections
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(HERE)]
from consortium import Consortium  # noqa: E402
from contract_market import ContractMarket  # noqa: E402

REQUIREMENTS = HERE / "contract_requirements.txt"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "allow_header_conformance", "unsupported_method", "negative_data_rejection")
SEED = int(os.environ.get("JANGBU_SEED", 1))  # another one, other requests
ROUNDS_MAX = 200
EXAMPLES = 40  # of an operation in a round


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what} (seed {SEED})")


def environment(build):
    """The folder of programs of a virtual environment with the pinned packages."""
    place = pathlib.Path(build).resolve() / "contract_venv"
    stamp = place / "installed"
    if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
        for command in ([sys.executable, "-m", "venv", place],
                        [place / "bin/python", "-m", "pip", "install", "-q", "-r", REQUIREMENTS]):
            made = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if made.returncode != 0:
                print(f"SKIPPED: without {REQUIREMENTS.name} nothing makes the requests:", made.stderr.strip()[-300:])
                raise SystemExit(0)
        stamp.write_text(REQUIREMENTS.read_text())
    return place / "bin"


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def answered(port):
    """What the node itself counted: (method, route) -> status -> answers."""
    out = collections.defaultdict(collections.Counter)
    line = re.compile(r'jangbu_http_requests_total\{method="(\w+)",route="([^"]*)",status="(\d+)"\} (\d+)')
    for method, route, status, count in line.findall(get(port, "/metrics")):
        out[method, route][int(status)] += int(count)
    return out


def total(counts):
    return sum(sum(statuses.values()) for statuses in counts.values())


class Requests:
    """Runs of Schemathesis against the node, a document and what is known at a time."""

    def __init__(self, programs, folder, port):
        self.programs, self.folder, self.port = programs, folder, port

    def lint(self, document):
        done = subprocess.run([str(self.programs / "python"), "-c",
                               "import json, sys\nfrom openapi_spec_validator import OpenAPIV31SpecValidator as V\n"
                               "errors = [str(e) for e in V(json.load(open(sys.argv[1]))).iter_errors()]\n"
                               "print('\\n'.join(errors))\nsys.exit(bool(errors))", str(document)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        check(done.returncode == 0, f"the document is no OpenAPI 3.1: {done.stdout}{done.stderr}")

    def run(self, document, known, seed, phases, examples, *options):
        (self.folder / "known.json").write_text(json.dumps(known))
        environment_of_run = {**os.environ, "CONTRACT_KNOWN": str(self.folder / "known.json"), "CONTRACT_SEED": str(seed),
                              "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": str(HERE)}
        command = [self.programs / "schemathesis", "run", document, "--url", f"http://127.0.0.1:{self.port}",
                   "--phases", phases, "--max-examples", examples, "--seed", seed, "--checks", ",".join(CHECKS),
                   "--workers", 1, "--continue-on-failure", "--request-timeout", 60, "--no-color", "--warnings", "off",
                   "--generation-database", "none", "--suppress-health-check", "all", *options]
        return subprocess.run(list(map(str, command)), cwd=self.folder, env=environment_of_run, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)


def is_stream(operation):
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


def operations_of(document):
    """Method and route of each that ends: what Schemathesis can wait for."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not is_stream(operation):
                yield method.upper(), re.sub(r"\{\w+\}", "{}", path)


def main():
    build, wanted = sys.argv[1], int(sys.argv[2])
    programs = environment(build)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        c = Consortium(build, folder / "consortium")
        c.make()
        c.start("--snapshots.every_blocks", "4", "--snapshots.keep", "1000")
        market = ContractMarket(c, folder)
        market.make()
        requests = Requests(programs, folder, c.port)
        file = folder / "openapi.json"
        file.write_text(get(c.port, "/v1/openapi.json"))
        document = json.loads(file.read_text())
        requests.lint(file)

        # It can fail: a document that says heights are numbers is found out.
        false_document = json.loads(file.read_text())
        false_document["components"]["schemas"]["Head"]["properties"]["height"] = {"type": "integer"}
        false_file = folder / "false.json"
        false_file.write_text(json.dumps(false_document))
        found = requests.run(false_file, market.known(), SEED, "fuzzing", 3, "--include-path", "/v1/head")
        check(found.returncode == 1 and "violates schema" in found.stdout, f"a false document passes: {found.stdout}")

        streams = [option for path, operations in document["paths"].items() if any(map(is_stream, operations.values()))
                   for option in ("--exclude-path", path)]
        before, started = total(answered(c.port)), time.monotonic()
        for number in range(ROUNDS_MAX):
            if number > 0:
                market.renew_passes()
            phases = "coverage,fuzzing" if number == 0 else "fuzzing"
            done = requests.run(file, market.known(), SEED + number, phases, EXAMPLES, *streams)
            check(done.returncode == 0, f"an answer is not as the document says:\n{done.stdout[-20000:]}{done.stderr}")
            if total(answered(c.port)) - before >= wanted:
                break
        counts, seconds = answered(c.port), time.monotonic() - started
        made = total(counts) - before
        check(made >= wanted, f"only {made} requests")
        by_status = collections.Counter()
        for statuses in counts.values():
            by_status.update(statuses)
        check(not [status for status in by_status if status >= 500], f"5xx: {by_status}")
        # No operation was refused only: each gave what it is there for.
        for method, route in operations_of(document):
            good = sum(count for status, count in counts[method, route].items() if status < 300)
            check(good > 0, f"{method} {route} never answered well: {dict(counts[method, route])}")
        check(by_status[304] > 0, "nobody was told that nothing changed")
        c.stop()
        market.stop()
        print(f"contract: {made} requests in {seconds:.0f} s, by status {dict(sorted(by_status.items()))} (seed {SEED})")
    print("contract: ok")


main()
