"""A program that is measured: it says what it has, then works when it is its turn. The protocol: verification/turns.h."""
import json
import subprocess


class Failed(Exception):
    pass


class Program:
    def __init__(self, command, versions=None):
        self.name = str(command[0])
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.cases, self.offers = [], []
        while not (line := self._answer()).get("ready"):
            (self.cases if "case" in line else self.offers).append(line)
        self.about = line | (versions or {})
        for offer in self.offers:
            offer["library"] = offer["package"].split("/")[-1]

    def turn(self, method, case, length_ms):
        """Microseconds a signature (or a key) of the fastest sample."""
        self.process.stdin.write(f"{method} {case['workload']} {case['batch']} {length_ms}\n")
        self.process.stdin.flush()
        return self._answer()["us"]

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise Failed(f"{self.name} ended with {self.process.returncode}")

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"{self.name} ended early, with {self.process.wait()}")
        return json.loads(line)
