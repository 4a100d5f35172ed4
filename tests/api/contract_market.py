"""A market with something of everything, and what a reader needs to ask for it: ids, passes, tickets, bodies."""
import base64
import http.client
import json
import re
import subprocess

from consortium import MEMBERS, die_with_parent
from recording_proxy import RecordingProxy

CHUNK = 4096


class ContractMarket:
    """Orders in every state from PLACED to SETTLED, a refused one, vouchers, a derived dataset, samples, a witness. The
    commands go through the proxy, so `known()` has their credentials."""

    def __init__(self, consortium, folder):
        self.c, self.folder = consortium, folder
        self.proxy = RecordingProxy(consortium.port)
        for member in MEMBERS:
            self.c.jangbu(member, "config", "set", "node", self.proxy.url, quiet=True)
        self.ids = {"org": list(consortium.org.values()), "dataset": [], "listing": [], "order": [], "programme": [],
                    "voucher": [], "txid": [], "document": [], "key_id": [], "family": []}

    def keep(self, kind, answer):
        self.ids[kind].append(answer["id"])
        if answer.get("txid"):
            self.ids["txid"].append(answer["txid"])
        return answer["id"]

    def make(self):
        c = self.c
        for member, won in (("buyer", 90_000_000), ("seller", 10_000_000), ("agency", 50_000_000)):
            self.ids["txid"].append(c.mint(member, won, f"bank {member}")["txid"])
        programme, voucher = c.open_programme(20_000_000, 4_000_000)
        self.ids["programme"].append(programme)
        self.ids["voucher"].append(voucher)
        self.file = self.folder / "raw.csv"
        c.jangbu("seller", "simulate", "cnc", "--seed", 4, "--rows", 3000, "--out", self.file)
        draft = self.folder / "raw.toml"
        c.jangbu("seller", "dataset", "dictionary", "draft", self.file, "--out", draft)
        dataset = self.keep("dataset", c.jangbu("seller", "dataset", "register", self.file, "--origin", "simulated",
                                                "--dictionary", draft, "--profile", "--chunk-size", CHUNK))
        self.derive(dataset)
        bare = self.folder / "bare.csv"
        c.jangbu("seller", "simulate", "press", "--seed", 5, "--rows", 60, "--out", bare)
        self.keep("dataset", c.jangbu("seller", "dataset", "register", bare, "--origin", "simulated"))
        c.jangbu("seller", "dataset", "sample", "publish", dataset)
        self.ids["sample"] = [dataset]
        self.trade(dataset)
        c.jangbu("buyer", "voucher", "list")
        c.jangbu("seller", "credits", "show")
        self.read_ids()
        self.follow()

    def derive(self, dataset):
        plan, product = self.folder / "plan.toml", self.folder / "product.csv"
        plan.write_text('format = "jangbu-plan/1"\n[[step]]\ndo = "dedupe"\n')
        lineage = self.folder / "lineage.json"
        self.c.jangbu("seller", "process", plan, "--in", self.file, "--out", product, "--lineage", lineage)
        self.keep("dataset", self.c.jangbu("seller", "dataset", "register", product, "--origin", "derived", "--lineage",
                                           lineage, "--parent", dataset, "--profile"))

    def publish(self, dataset, number):
        return self.keep("listing", self.c.jangbu(
            "seller", "listing", "publish", dataset, "--price", 100_000 * number, "--title", f"절삭가공 진동 {number}",
            "--title", "en=Milling", "--summary", "시험", "--licence", "use,derive", "--category", 1, "--keyword", "밀링",
            "--sample"))

    def trade(self, dataset):
        """Orders of one listing each, each one step further; the last one whole."""
        c = self.c
        steps = (lambda o: c.jangbu("seller", "order", "accept", o, "--file", self.file),
                 lambda o: c.jangbu("buyer", "order", "fetch", o),
                 lambda o: c.jangbu("seller", "order", "key", o, "--evidence", "E0"),
                 lambda o: c.jangbu("buyer", "order", "open", o, "--out", self.folder / f"bought-{o[:8]}.csv"))
        for count in range(len(steps) + 1):
            listing = self.publish(dataset, count + 1)
            order = self.keep("order", c.jangbu("buyer", "order", "place", listing))
            for step in steps[:count]:
                step(order)
        for order in self.ids["order"]:
            for member in ("buyer", "seller"):
                c.jangbu(member, "order", "show", order)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.c.port, timeout=30)
        connection.request("GET", path)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def read_ids(self):
        for org in self.ids["org"]:
            self.ids["key_id"] += [key["key_id"] for key in self.get(f"/v1/organisations/{org}")["keys"]]
        for listing in self.ids["listing"]:
            self.ids["document"].append(self.get(f"/v1/listings/{listing}")["description"]["hash"])
        for dataset in self.ids["dataset"]:
            record = self.get(f"/v1/datasets/{dataset}")
            self.ids["document"] += [record[name]["hash"] for name in ("description", "profile", "process") if record[name]]
        self.ids["family"].append(self.get(f"/v1/programmes/{self.ids['programme'][0]}")["family"])

    def follow(self):
        """A follower with a witness key, until it cosigned: its pass reads blocks, its cosignatures are real."""
        c = self.c
        c.jangbu("operator", "keys", "export-operate", "--out", self.folder / "operator.operate")
        c.jangbu("operator", "keys", "export-witness", "--out", self.folder / "operator.witness")
        c.jangbu("operator", "keys", "add", "witness")
        with open(self.folder / "follower.log", "ab") as log:
            follower = subprocess.Popen(
                [str(c.bin / "jangbud"), "follow", self.proxy.url, "--genesis", c.chain_id, "--home",
                 str(self.folder / "follower"), "--http.port", "0", "--key", str(self.folder / "operator.operate"),
                 "--witness", str(self.folder / "operator.witness")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=c.environment, preexec_fn=die_with_parent())
        try:
            for turn in range(60):
                if int(self.get("/v1/status")["cosigned_height"]) > 0:
                    return
                c.mint("buyer", 1000, f"for the witness {turn}")
            raise SystemExit("FAILED: no cosignature came: " + (self.folder / "follower.log").read_text()[-2000:])
        finally:
            follower.terminate()
            follower.wait(60)

    def renew_passes(self):
        """Read passes of the client live ten minutes."""
        for member in ("buyer", "seller", "agency"):
            self.c.jangbu(member, "credits", "show", quiet=True)

    def known(self):
        """For the requests: values by parameter name, credentials by scheme, bodies by route."""
        passes, tickets, bodies = {}, {}, {}
        for method, path, authorization, body, status in self.proxy.sent:
            if authorization.startswith("Jangbu-Pass") and status == 200:
                bytes_of_pass = base64.urlsafe_b64decode(authorization.split()[1] + "==")
                passes[next(org for org in self.ids["org"] if bytes.fromhex(org) in bytes_of_pass)] = authorization
            if authorization.startswith("Jangbu-Ticket") and status < 300:
                subject = re.match(r"/v1/(?:store|samples)/([0-9a-f]{64})", path).group(1)
                tickets.setdefault(subject, {})[authorization] = True
            if method != "GET" and body and len(body) <= 1 << 20:
                route = method + " " + re.sub(r"/[0-9a-f]{64}", "/{}", path.split("?")[0])
                route = re.sub(r"/chunks/\d+$", "/chunks/{}", route)
                bodies.setdefault(route, []).append([path.split("?")[0], base64.b64encode(body).decode()])
        height = int(self.get("/v1/status")["height"])
        folders = (self.c.folder / "node" / "chain" / "snapshots").iterdir()
        snapshots = [int(number[1]) for folder in folders if (number := re.search(r"-(\d+)$", folder.name))]
        return {"ids": self.ids, "height": height, "snapshots": snapshots, "passes": list(passes.values()),
                "tickets": {subject: list(them) for subject, them in tickets.items()},
                "bodies": {route: them[-12:] for route, them in bodies.items()}}

    def stop(self):
        self.proxy.stop()
