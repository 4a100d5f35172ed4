#!/usr/bin/env python3
"""Samples against the real daemon: the pool nobody chose, checked again here. usage: sample_e2e.py BUILD [KEEP]"""
import hashlib
import http.client
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from consortium import Consortium  # noqa: E402

CHUNK = 4096


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def tagged(tag, message):
    digest = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(digest + digest + message).digest()


def pool(dataset, n, draw):
    """docs/exchange.md section 11, written again."""
    indices, j = [0], 0
    while len(indices) < min(64, max(1, n // 100)):
        drawn = tagged("jangbu/sample/v1", bytes.fromhex(dataset) + bytes.fromhex(draw) + j.to_bytes(4, "little"))
        index = int.from_bytes(drawn[:8], "little") % n
        if index not in indices:
            indices.append(index)
        j += 1
    return sorted(indices)


class Reader:
    """BCS, as far as a sample file needs it."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        check(self.at <= len(self.data), "the sample file is whole")
        return self.data[self.at - count:self.at]

    def uleb(self):
        value, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7f) << shift
            if byte < 0x80:
                return value
            shift += 7

    def sized(self):
        return self.take(self.uleb())


def read_sample(data):
    reader = Reader(data)
    check(reader.take(1) == b"\x01", "version 1")
    proofs = [reader.sized().decode(), reader.sized().decode()]
    chunks = []
    for _ in range(reader.uleb()):
        check(reader.take(1) == b"\x01", "version 1")
        index = int.from_bytes(reader.take(8), "little")
        start = reader.at
        record = reader.sized()
        chunks.append((index, record, [reader.take(32) for _ in range(reader.uleb())], start))
    check(reader.at == len(data), "nothing behind it")
    return proofs, chunks


def root_from(org, index, record, path, n):
    """RFC 9162 section 2.1.3.2."""
    node = hashlib.sha256(b"\0" + bytes.fromhex(org) + index.to_bytes(8, "little") + record).digest()
    fn, sn = index, n - 1
    for other in path:
        if fn & 1 or fn == sn:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        fn, sn = fn >> 1, sn >> 1
    return node.hex()


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    c = Consortium(sys.argv[1], folder / "consortium")
    c.make()
    c.start()
    data, other_data = folder / "data.csv", folder / "other.csv"
    c.jangbu("seller", "simulate", "cnc", "--seed", 5, "--rows", 20_000, "--out", data)
    content = data.read_bytes()
    n = (len(content) + CHUNK - 1) // CHUNK
    check(n >= 300, f"a pool of several chunks: {n}")
    registered = c.jangbu("seller", "dataset", "register", data, "--origin", "simulated", "--chunk-size", CHUNK)
    dataset, height = registered["id"], int(registered["height"])
    sample_of = ("dataset", "sample")

    check(c.jangbu("buyer", *sample_of, "verify", dataset, expect=3)["code"] == "not_found", "nothing is published")
    early = c.jangbu("seller", *sample_of, "publish", dataset)
    check(not early["drawn"] and early["chunks"] == ["0"], "before the drawing header there is chunk 0")
    c.jangbu("seller", "simulate", "cnc", "--seed", 6, "--rows", 20_000, "--out", other_data)
    other = c.jangbu("seller", "dataset", "register", other_data, "--origin", "simulated", "--chunk-size", CHUNK)["id"]
    c.mint("buyer", 1000, "one more block")

    def draw_of(at):
        connection = http.client.HTTPConnection("127.0.0.1", c.port, timeout=30)
        connection.request("GET", f"/v1/headers/{at}")
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer["header_hash"]

    expected = pool(dataset, n, draw_of(height + 2))
    partly = c.jangbu("buyer", *sample_of, "verify", dataset)
    check(partly["pool"] == [str(i) for i in expected] and partly["chunks"] == ["0"], "what is not shown is counted")
    made = c.jangbu("seller", *sample_of, "make", dataset, "--out", folder / "own.sample")
    check(made["drawn"] and [int(i) for i in made["chunks"]] == expected, "the pool is the one of the rule")
    check(read_sample((folder / "own.sample").read_bytes())[0][1] == "", "the head itself is the drawing header")
    for reference in ("two more", "blocks"):
        c.mint("buyer", 1000, reference)
    c.jangbu("seller", *sample_of, "make", dataset, "--out", folder / "own.sample")
    c.jangbu("seller", *sample_of, "publish", dataset)

    # Another member reads all of it, and so does this script.
    verified = c.jangbu("buyer", *sample_of, "verify", dataset, "--out", folder / "bytes", "--save", folder / "kept.sample")
    check([int(i) for i in verified["chunks"]] == expected and verified["simulated"], "the whole pool is public")
    check((folder / "bytes").read_bytes() == b"".join(content[i * CHUNK:(i + 1) * CHUNK] for i in expected), "its bytes")
    proofs, chunks = read_sample((folder / "kept.sample").read_bytes())
    for index, record, path, _ in chunks:
        check(record[32:] == content[index * CHUNK:(index + 1) * CHUNK], "the bytes of the file")
        check(root_from(c.org["seller"], index, record, path, n) == registered["data_root"], "under the root")
    shown = c.jangbu("buyer", *sample_of, "show", dataset, "--out", folder / "rows.csv")
    rows, lines = (folder / "rows.csv").read_bytes().splitlines(), set(content.splitlines())
    check(rows[0] == content.splitlines()[0] and len(rows) == int(shown["rows"]) + 1, "header and rows")
    check(int(shown["rows"]) > 20 and all(row in lines for row in rows), "only whole rows of the file")

    # The file, without the node, and with what a cheat would try.
    c.stop()

    def offline(name, expect=0):
        return c.jangbu("buyer", *sample_of, "verify", folder / name, expect=expect)

    check([int(i) for i in offline("own.sample")["chunks"]] == expected, "it holds without a node")
    whole = (folder / "own.sample").read_bytes()
    _, chunks = read_sample(whole)

    def refused(change, words):
        bad = bytearray(whole)
        change(bad)
        (folder / "bad.sample").write_bytes(bad)
        detail = offline("bad.sample", expect=6)["detail"]
        check(words in detail, f"{detail!r} says {words!r}")

    index, record, _, start = chunks[2]

    def flip(at):
        def change(bad):
            bad[at] ^= 1
        return change

    refused(flip(start + 100), f"chunk {index} of the sample is not under the registered root")
    outside = next(i for i in range(index + 1, n) if i not in expected and i < chunks[3][0])
    swap = content[outside * CHUNK:(outside + 1) * CHUNK]

    def elsewhere(bad):
        bad[start - 8:start] = outside.to_bytes(8, "little")
        at = bad.index(record[32:])
        bad[at:at + CHUNK] = swap

    refused(elsewhere, f"chunk {outside} is not in the sample pool of this dataset")
    refused(lambda bad: bad.append(0), "is no sample")
    refused(lambda bad: bad.__setitem__(slice(40, 60), b"x" * 20), "the proof of the dataset does not hold")
    c.start()
    c.jangbu("seller", *sample_of, "make", other, "--out", folder / "other.sample")
    mixed_proofs, _ = read_sample((folder / "other.sample").read_bytes())
    own_proofs, _ = read_sample(whole)

    def uleb(value):
        out = b""
        while value >= 0x80:
            out += bytes([value & 0x7f | 0x80])
            value >>= 7
        return out + bytes([value])

    def sized(text):
        return uleb(len(text)) + text.encode()

    head = 1 + len(sized(own_proofs[0])) + len(sized(own_proofs[1]))
    (folder / "bad.sample").write_bytes(b"\x01" + sized(mixed_proofs[0]) + sized("") + b"\x01" +
                                        whole[head + 1:chunks[1][3] - 9])
    detail = offline("bad.sample", expect=6)["detail"]
    check("chunk 0 of the sample is not under the registered root" in detail, f"a wrong root: {detail}")
    (folder / "bad.sample").write_bytes(b"\x01" + sized(own_proofs[0]) + sized(mixed_proofs[1]) + whole[head:])
    check("drawn by the header of height" in offline("bad.sample", expect=6)["detail"], "another header draws nothing")

    # The store refuses what is outside the pool, whoever asks.
    changed = bytearray(content)
    changed[0] ^= 1
    (folder / "changed.csv").write_bytes(changed)
    code = c.jangbu("seller", *sample_of, "publish", dataset, "--file", folder / "changed.csv", expect=1)
    check("no longer what was registered" in code["detail"], "a changed file is not shown")
    c.jangbu("buyer", *sample_of, "publish", dataset, "--file", data, expect=4)
    check(c.jangbu("buyer", *sample_of, "verify", dataset)["chunks"] == verified["chunks"], "it survives a restart")
    c.stop()
    if len(sys.argv) > 2:  # where to keep a sound one, as the fuzz corpus has it
        keep = pathlib.Path(sys.argv[2])
        keep.mkdir(exist_ok=True)
        (keep / "sound").write_bytes(whole)
        (keep / "chain_id").write_text(c.chain_id)
print("sample: ok")
