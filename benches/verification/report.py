"""What scripts/bench verification makes of its measurements: JSON rows, a table, the goals beside it."""
import os
import pathlib
import re
import statistics

HEADLINE = "verification"
HEADLINE_CASE = "batch 4096, 64 keys"
EVERYWHERE = ("libsodium", "OpenSSL")  # what is not a peer that --peers brings

# The goals of the design: (against, at least or at most, figure). `libsodium` and `best`: how many times faster than
# libsodium and than the fastest other library; `clean` and `one core`: our own time in the same rounds.
GOALS = {
    "avx512ifma": {
        "batch 4096, 64 keys": [("libsodium", ">=", 75), ("best", ">=", 8)],
        "batch 4096, keys distinct, cached": [("libsodium", ">=", 42)],
        "batch 4096, keys distinct, nothing cached": [("libsodium", ">=", 29)],
        "batch 1024, 64 keys": [("libsodium", ">=", 69)],
        "one by one in lanes, cached keys": [("libsodium", ">=", 26)],
        "one bad in 4096": [("clean", "<=", 2.2)],
        "every signature bad": [("clean", "<=", 5)],
        "batch 4096, 64 keys, two cores": [("one core", ">=", 1.95)],
    },
    "avx2": {
        "batch 4096, 64 keys": [("libsodium", ">=", 25), ("best", ">=", 3.8)],
        "batch 4096, keys distinct, cached": [("libsodium", ">=", 14)],
        "batch 4096, keys distinct, nothing cached": [("libsodium", ">=", 10)],
        "batch 1024, 64 keys": [("libsodium", ">=", 20)],
        "batch 64, 64 keys": [("libsodium", ">=", 9)],
        "one by one in lanes, cached keys": [("libsodium", ">=", 6)],
        "one bad in 4096": [("clean", "<=", 2.2)],
        "every signature bad": [("clean", "<=", 6)],
        "batch 4096, 64 keys, two cores": [("one core", ">=", 1.95)],
    },
    "portable with g++": {
        "batch 4096, 64 keys": [("libsodium", ">=", 5)],
        "one bad in 4096": [("clean", "<=", 2.2)],
        "batch 4096, 64 keys, two cores": [("one core", ">=", 1.95)],
    },
    "portable with clang": {
        "batch 4096, 64 keys": [("libsodium", ">=", 8)],
        "batch 4096, keys distinct, cached": [("libsodium", ">=", 5)],
        "one bad in 4096": [("clean", "<=", 2.2)],
        "batch 4096, 64 keys, two cores": [("one core", ">=", 1.95)],
    },
}


class Figures:
    """One case on one tier: the fastest times of all rounds and what follows from them."""

    def __init__(self, measured, tier):
        case = measured.case
        self.name, self.tier = case["case"], tier
        self.unit = "us per key" if case["ours"] == "remember" else "us per signature"
        self.us = min(measured.ours[tier])
        self.libsodium = min(measured.others[("libsodium", "libsodium")])
        best, times = min(measured.others.items(), key=lambda each: min(each[1]))
        (self.best_library, self.best_method), self.best = best, min(times)
        self.beside = min(measured.beside[tier]) if measured.beside else None
        self.beside_what = "one core" if "two-cores" in case["ours"] else "clean"
        rounds = zip(measured.others[("libsodium", "libsodium")], measured.ours[tier])
        self.median_ratio = statistics.median(theirs / ours for theirs, ours in rounds)
        self.has_peers = case["peers"] != "none"
        self.has_all_peers = any(library not in EVERYWHERE for library, _ in measured.others)

    def met(self, goal):
        """yes, no, or what it takes to say."""
        against, side, figure = goal
        if against == "best" and not self.has_all_peers:
            return "only with --peers"
        reached = {"libsodium": self.libsodium / self.us, "best": self.best / self.us}
        if self.beside:
            reached |= {"clean": self.us / self.beside, "one core": self.beside / self.us}
        is_met = reached[against] >= figure if side == ">=" else reached[against] <= figure
        return "yes" if is_met else "no"


def all_figures(measured):
    return [Figures(one, tier) for one in measured for tier in reversed(one.ours)]


def rows(measured):
    made = []

    def add(figures, name, peer, theirs):
        made.append({"name": name, "tier": figures.tier, "value": round(figures.us, 4), "unit": figures.unit,
                     "peer": peer, "ratio": round(theirs / figures.us, 4)})

    everything = all_figures(measured)
    headline = next(f for f in everything if f.name == HEADLINE_CASE)  # the best tier comes first
    add(headline, HEADLINE, headline.best_library, headline.best)
    for figures in everything:
        add(figures, figures.name, "libsodium", figures.libsodium)
        if figures.best_library != "libsodium":
            add(figures, figures.name, figures.best_library, figures.best)
        if figures.beside:
            add(figures, figures.name, f"jangbu, {figures.beside_what}", figures.beside)
    return made


def goals_of(figures, compiler):
    tier = figures.tier
    if tier == "portable":
        tier += " with clang" if compiler.startswith("clang") else " with g++"
    return GOALS[tier].get(figures.name, [])


def cells(figures, compiler):
    against = {"libsodium": "", "best": " best", "clean": " clean", "one core": " one core"}
    goals = [f"{side} {figure}x{against[what]}: {figures.met((what, side, figure))}"
             for what, side, figure in goals_of(figures, compiler)]
    own = ""
    if figures.beside:
        own = (f"{figures.us / figures.beside:.2f}x clean" if figures.beside_what == "clean"
               else f"{figures.beside / figures.us:.2f}x one core")
    best = f"{figures.best / figures.us:.1f}x {figures.best_library}" if figures.has_peers else ""
    return [figures.name, f"{figures.us:.2f}", f"{figures.libsodium / figures.us:.1f}x", f"{figures.median_ratio:.1f}x", best,
            own, ", ".join(goals)]


HEAD = ["case", "us", "libsodium", "its median", "fastest other", "own", "goal: met"]


def cpu_name():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = {key: re.search(rf"^{key}\s*: (.*)$", text, re.MULTILINE) for key in ("model name", "cpu family", "model")}
    name, family, model = (match[1].strip() if match else "unknown" for match in found.values())
    return f"{name} (family {family}, model {model})"


def heading(about, load):
    libraries = ", ".join(f"{name} {about[name]}" for name in sorted(about, key=str.lower)
                          if name not in ("ready", "tier", "compiler"))
    busy = ", so others used it: times are upper bounds" if load > 0.5 else ""
    return [f"CPU: {cpu_name()}, {os.cpu_count()} cores; load average {load:.1f} before the run{busy}.",
            f"Compiler: {about['compiler']}. Libraries: {libraries}."]


def by_tier(measured, compiler):
    tiers = {}
    for figures in all_figures(measured):
        tiers.setdefault(figures.tier, []).append(cells(figures, compiler))
    return tiers


def table(measured, about, load):
    tiers = by_tier(measured, about["compiler"])
    widths = [max(len(line[i]) for lines in tiers.values() for line in [HEAD, *lines]) for i in range(len(HEAD))]
    out = heading(about, load)
    for tier, lines in tiers.items():
        out.append(f"\n{tier}, one core but where it says two")
        out += ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [HEAD, *lines]]
    return "\n".join(out)


def markdown(measured, about, load):
    out = [" ".join(heading(about, load))]
    for tier, lines in by_tier(measured, about["compiler"]).items():
        out += ["", f"### {tier}", ""]
        out += [f"| {' | '.join(line)} |" for line in [HEAD, ["---"] * len(HEAD), *lines]]
    return "\n".join(out)
