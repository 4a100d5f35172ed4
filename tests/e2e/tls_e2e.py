#!/usr/bin/env python3
"""TLS with the real programs, and with Python's TLS on the other side where one of them must meet a stranger.
usage: tls_e2e.py BUILD TEST"""
import hashlib
import http.client
import json
import pathlib
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from consortium import Consortium  # noqa: E402
from e2e import Trade, check  # noqa: E402
from follow_e2e import ROLES, Follower, head, wait_for  # noqa: E402


def trusting(version=ssl.TLSVersion.TLSv1_3):
    """A client that takes any key and speaks one version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    return context


def get(port, path, **headers):
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusting())
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body.decode()


def told(c, **after):
    """What everybody is told of the whole ledger, or of what comes after an event: (id, data) of each."""
    status, text = get(c.port, "/v1/events?from=0.0&follow=0", **after)
    check(status == 200 and '"code":"complete"' in text, f"a whole stream: {status} {text[-200:]}")
    return [(block.split("\n")[0], block.split("data: ")[1]) for block in text.split("\n\n") if block.startswith("id: ")]


def jangbud(c, *arguments, expect=0):
    return c.run([str(c.bin / "jangbud"), *map(str, arguments), "--home", str(c.folder / "node")], expect=expect)


def whole_trade(build, folder):
    """A trade from registration to payment, its metadata, and a follower, all through TLS."""
    c = Consortium(build, folder / "consortium")
    c.make(roles=ROLES)
    c.use_tls()
    c.start()
    c.mint("buyer", 900_000_000, "bank-1")
    c.mint("seller", 100_000_000, "bank-2")
    trade = Trade(c, folder)
    trade.finish()
    status, croissant = get(c.port, f"/v1/datasets/{trade.dataset}?format=croissant")
    check(status == 200 and f"https://127.0.0.1:{c.port}/v1/" in croissant, "metadata points back over https")
    check("http://127.0.0.1" not in croissant, "and never over plain http")
    c.jangbu("agency", "keys", "export-operate", "--out", c.folder / "agency.operate")
    follower = Follower(c, "agency", None, c.url()).start()
    want = get(c.port, "/v1/head")[1]
    wait_for("the follower is at the head", lambda: head(follower.port)[1] in want)
    follower.stop()
    # A backup over the network: the pin stands behind the URL.
    out = folder / "backup"
    taken = ("backup", "--url", c.url(), "--genesis", c.chain_id, "--key", c.folder / "agency.operate", "--out", out)
    height = json.loads(want)["height"]
    said = c.run([str(c.bin / "jangbud"), *map(str, taken)]).stdout
    check(c.pin in c.url() and f"height {height}, epoch 0" in said, f"a backup by URL and pin: {said}")
    again = jangbud(c, "backup", "--http.port", c.port, "--http.tls", "true", "--out", out).stdout
    check("\n0 blocks taken now" in again, f"and by the home, whose key it is: {again}")
    stranger = c.url().replace(c.pin, "sha256//" + "A" * 43 + "=")
    refused = c.run([str(c.bin / "jangbud"), *(stranger if part == c.url() else str(part) for part in taken)], expect=6)
    check("another key" in refused.stderr, f"another pin gets nothing: {refused.stderr}")
    events = told(c)
    check({"DatasetRegistered", "ListingPublished"} == {json.loads(data)["type"] for _, data in events},
          f"what everybody is told: {events}")
    c.kill()
    c.start()
    trade.check_acknowledged()
    for i, (position, _) in enumerate(events):
        check(told(c, **{"Last-Event-ID": position[4:]}) == events[i + 1:], f"exactly the rest after {position}")
    c.stop()


def key_file(build, folder):
    """The key is made once, for its owner alone; another one needs --again, and voids the pin that members have."""
    c = Consortium(build, folder / "consortium")
    c.make()
    key = c.folder / "node" / "tls.pem"
    done = jangbud(c, "tls", "show", expect=3)
    check("jangbud tls init" in done.stderr, f"show says how to make one: {done.stderr}")
    failed = jangbud(c, "start", "--http.tls", "true", expect=3)
    check("jangbud tls init" in failed.stderr, f"and so does a start: {failed.stderr}")
    failed = jangbud(c, "start", "--http.listen_address", "0.0.0.0", expect=2)
    check("jangbud tls init" in failed.stderr, f"and a start beyond loopback: {failed.stderr}")
    c.use_tls()
    check(stat.S_IMODE(key.stat().st_mode) == 0o600, f"mode of the key: {oct(key.stat().st_mode)}")
    before = key.read_bytes()
    done = jangbud(c, "tls", "init", expect=7)
    check("--again" in done.stderr and key.read_bytes() == before, "a key that is there stays")
    shown = jangbud(c, "tls", "show").stdout
    check(f"pin {c.pin}\n" in shown and f"url https://127.0.0.1:8640#{c.pin}\n" in shown, shown)
    # openssl computes the pin by itself.
    spki = subprocess.run(f"openssl x509 -in {key} -pubkey -noout | openssl pkey -pubin -outform der", shell=True,
                          capture_output=True, check=True).stdout
    pin = subprocess.run(["openssl", "base64"], input=hashlib.sha256(spki).digest(), capture_output=True, check=True)
    check(c.pin == "sha256//" + pin.stdout.decode().strip(), "openssl computes the same pin")
    c.start()
    c.mint("buyer", 1_000, "bank-1")
    c.stop()
    old = c.url()
    c.pin = jangbud(c, "tls", "init", "--again").stdout.split("pin ")[1].split()[0]
    check(key.read_bytes() != before and stat.S_IMODE(key.stat().st_mode) == 0o600, "--again replaces it")
    c.start()
    c.mint("buyer", 1_000, "bank-2")
    refused = c.jangbu("buyer", "--node", old, "credits", "show", expect=6)
    check("another key" in refused["detail"], f"the old pin is void: {refused}")
    c.jangbu("buyer", "--node", c.url(), "credits", "show")
    c.stop()
    key.chmod(0o644)
    done = jangbud(c, "start", "--http.tls", "true", expect=4)
    check("chmod 600" in done.stderr, f"a key that others can read is refused: {done.stderr}")
    key.chmod(0o600)
    key.write_bytes(before[:len(before) // 2])
    done = jangbud(c, "start", "--http.tls", "true", expect=2)
    check(str(key) in done.stderr, f"a damaged key is named: {done.stderr}")


def listener(context, heard):
    """A TLS server that notes what it is sent after the handshake; its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def run():
        while True:
            try:
                accepted = server.accept()[0]
            except OSError:
                return
            try:
                with context.wrap_socket(accepted, server_side=True) as peer:
                    peer.settimeout(5)
                    heard.append(peer.recv(1000))
            except OSError as error:
                heard.append(type(error).__name__.encode())
            accepted.close()

    threading.Thread(target=run, daemon=True).start()
    return server


def refusals(build, folder):
    """Another key gets nothing, other protocols are closed, and URLs that would not be safe are not taken."""
    c = Consortium(build, folder / "consortium")
    c.make()
    c.use_tls()
    c.start()
    # A stranger's key on another port: TLS comes up, and then nothing is said.
    stranger = folder / "stranger"
    stranger.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout",
                    stranger / "key.pem", "-out", stranger / "certificate.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(stranger / "certificate.pem", stranger / "key.pem")
    heard = []
    server = listener(context, heard)
    url = f"https://127.0.0.1:{server.getsockname()[1]}#{c.pin}"
    refused = c.jangbu("buyer", "--node", url, "credits", "show", expect=6)
    check("another key" in refused["detail"] and "nothing was sent" in refused["detail"], f"the refusal: {refused}")
    wait_for("the stranger's connection ends", lambda: heard, 20)
    check(all(b"GET" not in piece and b"Jangbu" not in piece for piece in heard), f"the stranger heard {heard}")
    # The same to a follower.
    done = c.run([str(c.bin / "jangbud"), "follow", url, "--genesis", c.chain_id, "--home", str(folder / "follower"),
                  "--key", str(c.folder / "validator.keystore")], expect=6)
    check("another key" in done.stderr, f"the follower's refusal: {done.stderr}")
    # A node that speaks TLS 1.2 only is not spoken to, even with the right key.
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(c.folder / "node" / "tls.pem")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    older = listener(old, heard)
    c.jangbu("buyer", "--node", f"https://127.0.0.1:{older.getsockname()[1]}#{c.pin}", "credits", "show", expect=5)
    for one in (server, older):
        one.close()

    # And the server takes TLS 1.3 only.
    with socket.create_connection(("127.0.0.1", c.port), 20) as raw:
        try:
            trusting(ssl.TLSVersion.TLSv1_2).wrap_socket(raw)
            check(False, "TLS 1.2 is refused")
        except ssl.SSLError as error:
            check("alert" in str(error).lower() or "protocol" in str(error).lower(), f"refused with an alert: {error}")
    with socket.create_connection(("127.0.0.1", c.port), 20) as raw:
        check(trusting().wrap_socket(raw).version() == "TLSv1.3", "TLS 1.3 is spoken")
    with socket.create_connection(("127.0.0.1", c.port), 20) as raw:
        raw.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        try:
            while piece := raw.recv(1000):
                answer += piece
        except ConnectionResetError:
            pass
        check(b"HTTP/1.1 200" not in answer, f"plain HTTP is closed: {answer}")
    # The end of an answer is said in TLS, so nobody can cut it unseen.
    with socket.create_connection(("127.0.0.1", c.port), 20) as raw:
        with trusting().wrap_socket(raw, suppress_ragged_eofs=False) as peer:
            peer.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := peer.recv(1000):  # raises SSLEOFError without a close_notify
                answer += piece
            check(answer.startswith(b"HTTP/1.1 200"), f"an answer to its end: {answer}")
    # A refused body that is still being sent: the answer arrives.
    with socket.create_connection(("127.0.0.1", c.port), 20) as raw:
        with trusting().wrap_socket(raw) as peer:
            peer.sendall(b"POST /v1/transactions HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 200_000)
            check(peer.recv(1000).startswith(b"HTTP/1.1 4"), "the refusal of a body arrives")

    for bad, advice in ((f"https://127.0.0.1:{c.port}", "jangbud tls show"), ("http://192.0.2.1:80", "loopback"),
                        (f"http://127.evil.example:{c.port}", "loopback"), (f"https://127.0.0.1:{c.port}#abc", "no pin")):
        answer = c.jangbu("buyer", "config", "set", "node", bad, expect=2)
        check(advice in answer["detail"], f"{bad}: {answer}")
    check(c.jangbu("buyer", "config", "set", "node", c.url())["node"] == c.url(), "the pin is remembered with the URL")
    # Who speaks plain HTTP to it is not answered either.
    c.jangbu("buyer", "--node", f"http://127.0.0.1:{c.port}", "credits", "show", expect=5)
    c.stop()


def own_address():
    """An address of this machine that is not loopback, or None. Nothing is sent: UDP only chooses a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.200", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith(("127.", "0.")) else address


def beyond_loopback(build, folder):
    """The node listens on the machine's own network address, and members reach it there."""
    address = own_address()
    if address is None:
        print("SKIPPED: this machine has no address but loopback")
        return
    c = Consortium(build, folder / "consortium")
    c.make()
    refused = jangbud(c, "start", "--http.listen_address", address, expect=2)
    check("without TLS" in refused.stderr, f"plain HTTP stays on loopback: {refused.stderr}")
    c.use_tls()
    c.url = lambda host=address: f"https://{host}:{c.port}#{c.pin}"
    c.start("--http.listen_address", address)
    c.mint("buyer", 1_000, "bank-1")
    check(c.account("buyer")["available"] == 1_000, "a member reads over the network")
    refused = c.jangbu("buyer", "--node", f"http://{address}:{c.port}", "credits", "show", expect=2)
    check("loopback" in refused["detail"], f"and never without TLS: {refused}")
    c.stop()
    shown = jangbud(c, "tls", "show", "--http.listen_address", "0.0.0.0").stdout
    check(f"url https://HOST:8640#{c.pin}" in shown, f"which name to hand out is the operator's to say: {shown}")


TESTS = {test.__name__: test for test in (whole_trade, key_file, refusals, beyond_loopback)}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="jangbu-e2e-") as place:
        TESTS[sys.argv[2]](pathlib.Path(sys.argv[1]), pathlib.Path(place))
