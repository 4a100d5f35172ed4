"""Builds the peers through their package clients, from the lock files beside this file. Downloads their sources."""
import json
import os
import re
import shutil
import subprocess
import zipfile

# Debian 12 has both: cargo-web and rustc-web follow the versions that its browsers need.
TOOLCHAINS = {
    "cargo": ((1, 89), ["cargo", "--version"], "apt-get install cargo-web rustc-web (or rustup)"),
    "go": ((1, 19), ["go", "version"], "apt-get install golang-go"),
    "cmake": ((3, 0), ["cmake", "--version"], "scripts/setup"),
    "python3": ((3, 0), ["python3", "-m", "pip", "--version"], "apt-get install python3-pip"),
}


class MissingToolchain(Exception):
    pass


def check_toolchains():
    wrong = []
    for name, (wanted, command, how) in TOOLCHAINS.items():
        text = subprocess.run(command, capture_output=True, text=True).stdout if shutil.which(name) else ""
        found = re.search(r"(\d+)\.(\d+)", text)
        if not found or (int(found[1]), int(found[2])) < wanted:
            wrong.append(f"  {name} {wanted[0]}.{wanted[1]} or later, found {found[0] if found else 'none'}: {how}")
    if wrong:
        raise MissingToolchain("--peers needs toolchains that this machine lacks:\n" + "\n".join(wrong))


def run(folder, *command, **environment):
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise MissingToolchain(f"{' '.join(command)} in {folder}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def build_peers(root):
    """[(program, {package: version})]"""
    check_toolchains()
    return [build_rust(root / "benches/peers/rust", root / "build/peers/rust"),
            build_go(root / "benches/peers/go", root / "build/peers/go"),
            build_intel(root)]


def build_rust(source, target):
    run(source, "cargo", "build", "--release", "--locked", "--target-dir", str(target))
    packages = re.findall(r'name = "(.+)"\nversion = "(.+)"', (source / "Cargo.lock").read_text(encoding="utf-8"))
    shown = ("aws-lc-rs", "curve25519-dalek", "ed25519-dalek", "ed25519-zebra")
    return target / "release/jangbu-peers", {name: version for name, version in packages if name in shown}


def build_go(source, target):
    program = target / "jangbu_peers"
    run(source, "go", "build", "-trimpath", "-mod=readonly", "-o", str(program), ".")
    module = json.loads(run(source, "go", "list", "-mod=readonly", "-m", "-json", "github.com/oasisprotocol/curve25519-voi"))
    return program, {"curve25519-voi": module["Version"]}


def unpack_data(wheel, folder):
    """The headers and libraries of a wheel; pip itself would put them beside its own."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            _, is_data, path = name.partition(".data/data/")
            if is_data and not path.endswith("/"):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))


def build_intel(root):
    """Its program is part of our build, since it shares our side of the turns."""
    source, package, build = root / "benches/peers/intel", root / "build/peers/intel", root / "build/bench"
    requirements = (source / "requirements.txt").read_text(encoding="utf-8")
    if not (package / "lib/libcrypto_mb.a").is_file():
        run(source, "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:",
            "--dest", str(package), "-r", "requirements.txt")
        for wheel in package.glob("*.whl"):
            unpack_data(wheel, package)
    run(root, "cmake", "-S", ".", "-B", str(build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
        "-DJANGBU_BENCHES=ON", "-DJANGBU_TESTS=OFF", f"-DJANGBU_CRYPTO_MB={package}")
    run(root, "cmake", "--build", str(build), "--target", "crypto_mb_peer")
    version = re.search(r"ipp-crypto-static==(\S+)", requirements)[1]
    return build / "benches/crypto_mb_peer", {"crypto_mb": version}
