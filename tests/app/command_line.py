#!/usr/bin/env python3
"""What the programs say of their own command line: the pages in docs are what they print, and the completion completes.
usage: command_line.py BUILD manual|bash|zsh|fish"""
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Words typed, the last one unfinished; words that must be offered; words that must not.
CASES = [
    ("jangbu ke", ["keys"], ["dataset"]),
    ("jangbu ", ["keys", "dataset", "verify", "completion"], ["init"]),
    ("jangbu keys ", ["init", "restore", "add"], ["keys", "register"]),
    ("jangbu dataset sample ", ["make", "publish", "show", "verify"], ["register"]),
    ("jangbu keys init --", ["--korean", "--home"], ["--words-file"]),
    ("jangbu dataset certificate X --format ", ["json", "vc", "pdf"], ["text"]),
    ("jangbu dataset certificate X --format v", ["vc"], ["json", "pdf"]),
    ("jangbu --output ", ["text", "json"], ["keys"]),
    ("jangbu --output json dataset ce", ["certificate"], ["certify"]),
    ("jangbu --home keys dataset ce", ["certificate"], ["init"]),
    ("jangbu keys list --output j", ["json"], ["text"]),
    ("jangbu completion ", ["bash", "zsh", "fish"], ["json"]),
    ("jangbu keys add ", ["encrypt", "witness"], []),
    ("jangbu dataset register spin", ["spindle.csv"], []),
    ("jangbu dataset register x --dictionary spin", ["spindle.csv"], []),
]


def fail(what):
    sys.exit(f"FAILED: {what}")


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, **more)
    if done.returncode != 0:
        fail(f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def manual(build):
    for program, page in (("jangbu", "docs/cli.md"), ("jangbud", "docs/cli_jangbud.md")):
        if run(build / "app" / program, "manual") != (ROOT / page).read_text():
            fail(f"{page} is not what the program prints. To make it anew: {build}/app/{program} manual > {page}")


def offered_by_bash(script, line, folder):
    words = line.split(" ")
    driver = f"""source {shlex.quote(str(script))}
COMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD={len(words) - 1}
complete -p jangbu > /dev/null || exit 1
_jangbu jangbu "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}" """
    return run("bash", "--norc", "-c", driver, cwd=folder).split("\n")


def offered_by_fish(script, line, folder):
    answer = run("fish", "--no-config", "-c", f"source {script}; complete -C {shlex.quote(line)}", cwd=folder)
    return [one.split("\t")[0] for one in answer.split("\n")]


def offered_by_zsh(script, line, folder):
    # The editor that calls it draws on terminals only, so its two answers are stood in for.
    words = line.split(" ")
    driver = f"""compdef() {{ }}; compadd() {{ shift; print -rl -- ${{(M)@:#$PREFIX*}} }}; _files() {{ print -rl -- $PREFIX*(N) }}
source {shlex.quote(str(script))}
words=({' '.join(shlex.quote(word) for word in words)}); CURRENT={len(words)}; PREFIX={shlex.quote(words[-1])}
_jangbu"""
    return run("zsh", "-f", "-c", driver, cwd=folder).split("\n")


def completion(build, shell):
    if not shutil.which(shell):
        print(f"SKIPPED: there is no {shell} on this machine")
        return
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        script = folder / f"jangbu.{shell}"
        script.write_text(run(build / "app" / "jangbu", "completion", shell))
        (folder / "spindle.csv").write_text("")
        run(shell, "-n", script)
        offered_by = {"bash": offered_by_bash, "zsh": offered_by_zsh, "fish": offered_by_fish}[shell]
        for line, present, absent in CASES:
            offered = offered_by(script, line, folder)
            for word in present:
                if word not in offered:
                    fail(f"{shell} does not offer {word!r} behind {line!r} but {offered}")
            for word in absent:
                if word in offered:
                    fail(f"{shell} offers {word!r} behind {line!r}")
        if shell == "bash":
            # --format=v comes as three words.
            driver = (f"source {script}; COMP_WORDS=(jangbu dataset certificate X --format = v); COMP_CWORD=6; "
                      "_jangbu jangbu v =; echo ${COMPREPLY[@]}")
            if run("bash", "--norc", "-c", driver).strip() != "vc":
                fail("--format=v is not completed")


if __name__ == "__main__":
    folder, what = pathlib.Path(sys.argv[1]), sys.argv[2]
    manual(folder) if what == "manual" else completion(folder, what)
    print("ok")
