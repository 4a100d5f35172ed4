"""A consortium on one machine: members with their keys, a genesis, a node on loopback. Used by the demo and by the
end-to-end tests, with the real programs only. Every process dies with the one that started it."""
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
PASSWORD = "demo password, for this machine only"
MEMBERS = ("operator", "agent", "agency", "seller", "buyer")
FAMILY = "sme-data-voucher"
FISCAL_YEAR = 2026


def die_with_parent(signal_number=signal.SIGKILL):
    """For preexec_fn: the kernel ends this process when its parent is gone, however that went."""
    parent = os.getpid()

    def arrange():
        LIBC.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


class Failed(Exception):
    def __init__(self, command, code, out, err):
        super().__init__(f"{' '.join(command)}\nexit code {code}\n{out}{err}")
        self.code, self.out, self.err = code, out, err


class Consortium:
    """Home folders stand in `folder`; programs are taken from the build folder."""

    def __init__(self, build, folder, show=None):
        self.bin = pathlib.Path(build) / "app"
        self.folder = pathlib.Path(folder)
        self.show = show or (lambda *_: None)
        self.daemon = None
        self.port = None
        self.pin = None  # of the node's TLS key
        self.org = {}
        self.words = {}
        self.chain_id = None
        self.environment = {**os.environ, "JANGBU_PASSWORD": PASSWORD}
        self.environment.pop("JANGBU_HOME", None)
        self.environment.pop("JANGBU_NODE", None)

    # Programs

    def run(self, command, expect=0, bars=False):
        """Runs to the end; stderr is shown where a person watches bars."""
        err = None if bars and sys.stderr.isatty() else subprocess.PIPE
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err, text=True,
                              env=self.environment, preexec_fn=die_with_parent())
        expected = expect if isinstance(expect, (tuple, list, set)) else (expect,)
        if done.returncode not in expected:
            raise Failed(command, done.returncode, done.stdout, done.stderr or "")
        return done

    def jangbu(self, member, *arguments, expect=0, quiet=False, bars=False):
        """One command of a member; the JSON answer, or the error object when a failure was expected."""
        if not quiet:
            self.show(member, arguments)
        command = [str(self.bin / "jangbu"), "--home", str(self.folder / member), "--output", "json", "--yes",
                   *map(str, arguments)]
        done = self.run(command, expect, bars)
        return json.loads(done.stdout) if done.stdout.strip() else {"error": done.stderr}

    # Set-up

    def make(self, parameters=None, roles=None):
        """Keys of all members, the genesis, and the node's home. `roles` replaces those of some members."""
        self.folder.mkdir(parents=True)
        for member in MEMBERS:
            answer = self.jangbu(member, "keys", "init", quiet=True)
            self.org[member], self.words[member] = answer["org_id"], answer["words"]
            self.jangbu(member, "keys", "card", "--out", self.folder / f"{member}.card", quiet=True)
        tags = {m: self.jangbu("agency", "tag", "group", "--family", FAMILY, "--number", number, quiet=True)["tag"]
                for m, number in (("seller", "101-11-00001"), ("buyer", "202-22-00002"), ("agency", "303-33-00003"),
                                  ("agent", "404-44-00004"), ("operator", "505-55-00005"))}
        plan = self.folder / "genesis.toml"
        plan.write_text(self.plan(tags, parameters or {}, roles or {}))
        genesis = self.folder / "genesis.bin"
        made = self.run([str(self.bin / "jangbud"), "genesis", "--plan", str(plan), "--out", str(genesis)])
        self.chain_id = made.stdout.split("chain_id ")[1].split()[0]
        self.jangbu("operator", "keys", "export-operate", "--out", self.folder / "validator.keystore", quiet=True)
        self.run([str(self.bin / "jangbud"), "init", "--home", str(self.folder / "node"), "--genesis", str(genesis),
                  "--keystore", str(self.folder / "validator.keystore")])

    def plan(self, tags, parameters, other_roles):
        roles = {"operator": '["validator", "store"]', "agent": '["settlement_agent"]',
                 "agency": '["programme_owner", "attestor", "tag_authority"]', "seller": "[]", "buyer": "[]",
                 **other_roles}
        classes = {"operator": "other", "agent": "other", "agency": "other", "seller": "small", "buyer": "micro"}
        lines = ['name = "장부 demo"', 'treasury = "operator"', ""]
        for member in MEMBERS:
            lines += ["[[organisation]]", f'label = "{member}"', f'card = "{member}.card"', f"roles = {roles[member]}", ""]
        lines += ["[[family]]", f'name = "{FAMILY}"', 'tag_authority = "agency"', "tag_key = 1", ""]
        for member in MEMBERS:
            lines += ["[[attestation]]", f'subject = "{member}"', f'family = "{FAMILY}"', f'class = "{classes[member]}"',
                      f'group_tag = "{tags[member]}"', 'issuer = "agency"', "valid_days = 365", ""]
        lines += ["[parameters]"] + [f"{name} = {value}" for name, value in parameters.items()]
        return "\n".join(lines) + "\n"

    # The node

    def use_tls(self):
        """Makes the node's TLS key: from the next start on it speaks TLS only, and members pin the key."""
        made = self.run([str(self.bin / "jangbud"), "tls", "init", "--home", str(self.folder / "node")])
        self.pin = made.stdout.split("pin ")[1].split()[0]

    def url(self, host="127.0.0.1"):
        return f"https://{host}:{self.port}#{self.pin}" if self.pin else f"http://{host}:{self.port}"

    def start(self, *flags):
        """Starts the daemon and waits until it answers. A second start takes the same port."""
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        self.log = open(self.folder / "node.log", "ab")
        command = [str(self.bin / "jangbud"), "start", "--home", str(self.folder / "node"),
                   "--http.port", str(self.port or 0), "--port-file", str(port_file),
                   *(("--http.tls", "true") if self.pin else ()), *flags]
        self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                       env=self.environment, preexec_fn=die_with_parent())
        for _ in range(1200):
            if port_file.exists() and port_file.read_text().strip():
                break
            if self.daemon.poll() is not None:
                raise Failed(command, self.daemon.returncode, "", self.log_tail())
            time.sleep(0.05)
        else:
            raise Failed(command, None, "", "the node does not answer\n" + self.log_tail())
        self.port = int(port_file.read_text())
        for member in MEMBERS:
            self.jangbu(member, "config", "set", "node", self.url(), quiet=True)

    def stop(self):
        if self.daemon:
            self.daemon.terminate()
            code = self.daemon.wait(60)
            self.daemon = None
            self.log.close()
            if code != 0:
                raise Failed(["jangbud", "start"], code, "", self.log_tail())

    def kill(self):
        self.daemon.kill()
        self.daemon.wait()
        self.daemon = None
        self.log.close()

    def log_tail(self):
        return (self.folder / "node.log").read_text(errors="replace")[-4000:]

    # Money

    def mint(self, member, won, reference):
        return self.jangbu("agent", "credits", "mint", "--to", self.org[member], "--amount", won, "--bank-ref", reference)

    def account(self, member):
        answer = self.jangbu(member, "credits", "show", quiet=True)
        return {name: int(answer[name]) for name in ("available", "reserved", "bond", "unlocked_orders", "strikes")}

    def programme(self, programme):
        answer = self.jangbu("agency", "programme", "show", programme, quiet=True)
        return {name: int(answer[name]) for name in
                ("budget", "unissued", "open", "held", "spent", "returned", "income", "repaid", "cash")}

    def voucher(self, voucher):
        answer = self.jangbu("buyer", "voucher", "show", voucher, quiet=True)
        return {name: int(answer[name]) for name in ("amount", "open", "held", "spent", "lapsed")}

    def open_programme(self, budget, voucher):
        """A programme of the agency with one voucher for the buyer; returns both ids."""
        programme = self.jangbu(
            "agency", "programme", "create", "--family", FAMILY, "--year", FISCAL_YEAR, "--budget", budget,
            "--share", "70", "70", "50", "0", "--category", "1", "--valid-to", "+180d", "--redeem-by", "+360d")["id"]
        self.jangbu("agency", "programme", "fund", programme, "--amount", budget)
        self.jangbu("agency", "programme", "open", programme)
        tag = self.jangbu("agency", "tag", "purpose", "--family", FAMILY, "--number", "202-22-00002", "--code", 7,
                          "--year", FISCAL_YEAR, quiet=True)["tag"]
        issued = self.jangbu("agency", "programme", "issue", programme, "--holder", self.org["buyer"], "--amount", voucher,
                             "--expiry", "+170d", "--purpose-tag", tag)
        return programme, issued["id"]
