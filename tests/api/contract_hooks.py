"""Hooks of Schemathesis: beside what it makes up, requests get ids that are there, credentials and bodies that the real
client made, and such with one byte changed. CONTRACT_KNOWN names the file that tells them (contract_market.py)."""
import base64
import json
import os
import random

import schemathesis

with open(os.environ["CONTRACT_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)
IDS = KNOWN["ids"]
RANDOM = random.Random(int(os.environ["CONTRACT_SEED"]))
# What {id} is.
KINDS = {"/v1/datasets/": "dataset", "/v1/listings/": "listing", "/v1/orders/": "order", "/v1/programmes/": "programme",
         "/v1/vouchers/": "voucher"}
NAMES = {"org": "org", "registrant": "org", "seller": "org", "key_id": "key_id", "txid": "txid", "hash": "document",
         "order": "order", "dataset": "dataset", "family": "family"}
ACCEPTED = ("application/ld+json", 'application/ld+json;profile="http://mlcommons.org/croissant/1.1"',
            "application/csvm+json", 'application/json;profile="http://www.w3.org/ns/prov#"', "text/html, */*;q=0.1",
            'application/ld+json;profile="http://www.w3.org/ns/odrl/2/"')
WAIT_MS_MAX = 5  # nobody commits meanwhile, so longer waits say the same


def known_value(name, path):
    if name == "id":
        return RANDOM.choice(IDS[next(kind for start, kind in KINDS.items() if path.startswith(start))])
    if path.startswith("/v1/samples/") and name == "dataset" and RANDOM.random() < 0.7:
        return RANDOM.choice(IDS["sample"])
    if name in NAMES:
        return RANDOM.choice(IDS[NAMES[name]])
    if name == "from" and path == "/v1/events":
        return f"{RANDOM.randint(0, KNOWN['height'] + 1)}.{RANDOM.randint(0, 3)}"
    if name == "height" and path.startswith("/v1/snapshots/") and RANDOM.random() < 0.8:
        return RANDOM.choice(KNOWN["snapshots"])
    if name in ("height", "from"):
        return RANDOM.randint(0, KNOWN["height"] + 1)
    if name in ("index", "first"):
        return RANDOM.randint(0, 3)
    if name == "key":  # a state key: table and id
        return f"{RANDOM.randint(0, 26):02x}" + RANDOM.choice(IDS[RANDOM.choice(list(IDS))])
    return None


def changed(data):
    """Mostly as it is, sometimes with one bit of another value, shorter or longer."""
    choice = RANDOM.random()
    if choice < 0.5 or not data:
        return data
    at = RANDOM.randrange(len(data))
    if choice < 0.85:
        return data[:at] + bytes([data[at] ^ 1 << RANDOM.randrange(8)]) + data[at + 1:]
    return data[:at] if choice < 0.95 else data + b"\0"


def use_known_body(case):
    bodies = KNOWN["bodies"].get(case.method.upper() + " " + case.path.replace("{first}", "{}").replace(
        "{order}", "{}").replace("{dataset}", "{}"))
    if not bodies:
        return
    path, body = RANDOM.choice(bodies)
    case.body = changed(base64.b64decode(body))
    for place, value in zip(case.path.split("/"), path.split("/")):
        if place.startswith("{"):
            case.path_parameters[place[1:-1]] = value


def credentials(case):
    """Of the scheme that the operation takes; mostly good ones."""
    schemes = [name for one in case.operation.definition.raw.get("security", []) for name in one]
    if not schemes or RANDOM.random() < 0.1:
        return None
    if schemes[0] == "pass":
        return RANDOM.choice(KNOWN["passes"])
    subject = str(case.path_parameters.get("order") or case.path_parameters.get("dataset"))
    mine = KNOWN["tickets"].get(subject)
    others = [ticket for tickets in KNOWN["tickets"].values() for ticket in tickets]
    return RANDOM.choice(mine if mine and RANDOM.random() < 0.9 else others)


def is_wrong_on_purpose(case):
    """Nothing in it may be put right, since the node is expected to refuse it."""
    return case.meta is not None and case.meta.generation.mode.is_negative


def use_known_values(case):
    if RANDOM.random() < 0.6:
        for name in list(case.path_parameters):
            case.path_parameters[name] = known_value(name, case.path)
        for name in list(case.query):
            value = known_value(name, case.path)
            if value is not None:
                case.query[name] = value
        use_known_body(case)
    declared = {parameter["name"] for parameter in case.operation.definition.raw.get("parameters", [])}
    if "If-None-Match" in declared and RANDOM.random() < 0.3:
        case.headers["If-None-Match"] = "*"
    if "Range" in declared and RANDOM.random() < 0.5:
        first = RANDOM.randrange(10_000)
        case.headers["Range"] = f"bytes={first}-{RANDOM.choice(['', first + RANDOM.randrange(5_000)])}"
    if "format" in declared and RANDOM.random() < 0.3:
        case.headers["Accept"] = RANDOM.choice(ACCEPTED)


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_wrong_on_purpose(case):
        use_known_values(case)
    authorization = credentials(case)
    if authorization:
        case.headers["Authorization"] = authorization
    if case.path == "/v1/events" and str(case.query.get("follow", 1)) == "1":
        case.query["follow"] = 0  # what goes on for ever is no answer to wait for
    if str(case.query.get("wait_ms", "")).isdigit():
        case.query["wait_ms"] = min(int(case.query["wait_ms"]), WAIT_MS_MAX)
