#!/usr/bin/env python3
"""Ugly CSV files, each with what a profile must say about it.

    ugly_csv.py make FOLDER            writes every file
    ugly_csv.py check JANGBU [FOLDER]  writes them, profiles each with the real program, compares

Expected values come from this script's knowledge of what it wrote, never from the program. A case is
(name, bytes, expectations); an expectation is a function of the profile's JSON, or of the error text."""
import json
import pathlib
import subprocess
import sys
import tempfile

CASES = []


def case(name, content, *expectations, fails=None):
    """fails: (code of the error, texts that its detail holds); then the content must be refused."""
    CASES.append((name, content.encode("utf-8") if isinstance(content, str) else content, expectations, fails))


def column(profile, name):
    return next(c for c in profile["columns"] if c["name"] == name)


def field(name, value):
    return (f"{name} = {value!r}", lambda p: p[name] == value)


def column_field(name, key, value):
    return (f"{name}.{key} = {value!r}", lambda p: column(p, name)[key] == value)


def number(name, key, value):
    return (f"{name}.{key} = {value!r}", lambda p: abs(column(p, name)["numbers"][key] - value) < 1e-9)


def finding(kind, columns=None, count=None, lines=None, detail=None):
    def found(p):
        for f in p["findings"]:
            if f["kind"] == kind and (columns is None or f["columns"] == columns) \
                    and (count is None or f["count"] == count) and (lines is None or f["lines"] == lines) \
                    and (detail is None or detail in f["detail"]):
                return True
        return False
    return (f"finding {kind} {columns} {count} {lines}", found)


def no_finding(kind):
    return (f"no finding {kind}", lambda p: all(f["kind"] != kind for f in p["findings"]))


def columns(*names):
    return (f"columns {names}", lambda p: [c["name"] for c in p["columns"]] == list(names))


def types(**by_name):
    return (f"types {by_name}", lambda p: {n: column(p, n)["type"] for n in by_name} == by_name)


def stamp(second):
    return f"2026-01-05T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def wave(i):
    """A sensor that moves: no two neighbours are equal, and it stays between 20 and 22."""
    return 21 + (i * 7919 % 200 - 100) / 100


# --- how it is written -------------------------------------------------------------------------------------------
case("plain", "a,b\n1,2\n3,4\n", field("rows", 2), columns("a", "b"), types(a="integer", b="integer"),
     number("a", "mean", 2), number("b", "max", 4), no_finding("ragged_rows"))
case("crlf", "a,b\r\n1,2\r\n3,4\r\n", field("rows", 2), field("blank_lines", 0), columns("a", "b"))
case("cr_only", "a,b\r1,2\r3,4\r", field("rows", 2), columns("a", "b"))
case("no_last_newline", "a,b\n1,2\n3,4", field("rows", 2), number("b", "max", 4))
case("utf8_mark", b"\xef\xbb\xbfa,b\n1,2\n", field("encoding", "UTF-8 with byte order mark"), columns("a", "b"))
case("utf8_korean", "온도(℃),상태\n21.5,정상\n22,이상\n", field("encoding", "UTF-8"), columns("온도(℃)", "상태"),
     column_field("온도(℃)", "unit", "℃"), types(**{"온도(℃)": "real"}))
case("cp949_korean", "압력[bar],비고\n3.5,정상 운전\n3.6,똠방각하\n".encode("cp949"), field("encoding", "CP949"),
     columns("압력[bar]", "비고"), column_field("압력[bar]", "unit", "bar"),
     ("unified Hangul", lambda p: any(t["value"] == "똠방각하" for t in column(p, "비고")["top_values"])))
case("cp949_late", ("a,b\n" + "1,x\n" * 80000).encode() + "2,한글\n".encode("cp949"), field("encoding", "CP949"),
     field("rows", 80001))
case("utf16le", "a,b\n1,2\n".encode("utf-16"), fails=("malformed", ["UTF-16", "iconv"]))
case("utf16be", b"\xfe\xff" + "a,b\n1,2\n".encode("utf-16-be"), fails=("malformed", ["UTF-16"]))
case("utf16_without_mark", "a,b\n1,2\n".encode("utf-16-le"), fails=("malformed", ["UTF-16"]))
case("mixed_encodings", "a,b\n1,한글입니다\n".encode() + "2,한글\n".encode("cp949"),
     fails=("malformed", ["line 3, byte 3", "mixes encodings"]))
case("not_text", "a,b\n1,".encode() + b"\xff\xfe\xfa\x80\n", fails=("malformed", ["line 2"]))
case("semicolon", "a;b\n1,5;2\n2,5;3\n", field("delimiter", ";"), field("decimal", ","), number("a", "mean", 2))
case("tab", "a\tb\n1.5\t2\n2.5\t3\n", field("delimiter", "\t"), field("decimal", "."), number("a", "mean", 2))
case("pipe", "a|b\n1|2\n3|4\n", field("delimiter", "|"), field("rows", 2))
case("tab_decimal_comma", "a\tb\n12,5\tx\n0,25\ty\n", field("decimal", ","), number("a", "min", 0.25))
case("thousands", 'a,b\n"1,234",1\n"12,345,678",2\n"999",3\n', types(a="integer"), number("a", "max", 12345678))
case("quoted_decimal_comma", 'a,b\n"12,5",1\n"13,75",2\n', field("decimal", ","), number("a", "max", 13.75))
case("excel_sep", "sep=;\na;b\n1;2\n3;4\n", field("delimiter", ";"), columns("a", "b"), field("rows", 2))
case("quoted_newline", 'a,b\n1,"two\nlines"\n2,"three\nmore\nlines"\n3,x\n', field("rows", 3),
     column_field("b", "distinct", 3))
case("quoted_newline_lines", 'a,b\n1,"two\nlines"\n2,x,EXTRA\n3,y\n', finding("ragged_rows", count=1, lines=[[4, 4]]))
case("doubled_quotes", 'a,b\n1,"say ""yes"""\n', ("quote", lambda p: column(p, "b")["top_values"][0]["value"] == 'say "yes"'))
case("stray_quote", 'a,b\n1,5" pipe\n2,x\n', field("rows", 2))
case("spaces", "a, b \n 1 ,  2\n3 , 4 \n", columns("a", "b"), types(a="integer", b="integer"))
case("blank_lines", "a,b\n\n1,2\n\n\n3,4\n\n", field("rows", 2), field("blank_lines", 4), finding("blank_lines", count=4))
case("ragged", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,1,1\n", field("ragged_rows", 2),
     finding("ragged_rows", count=2, lines=[[3, 3], [4, 4]]), column_field("c", "missing", 1))
case("preamble", "장비: CNC-1\n작성: 2026-01-05\n\na,b,c\n1,2,3\n4,5,6\n7,8,9\n", field("preamble_lines", 2),
     field("header_line", 4), columns("a", "b", "c"), finding("preamble"), field("rows", 3))
case("units_row", "온도,압력\n[℃],bar\n20,1\n21,2\n", field("units_row", True), field("rows", 2),
     column_field("온도", "unit", "℃"), column_field("압력", "unit", "bar"))
case("no_header", "1,2\n3,4\n5,6\n", field("header", False), field("rows", 3), columns("column_1", "column_2"),
     finding("no_header"))
case("duplicate_names", "a,b,a\n1,2,3\n4,5,6\n", finding("duplicate_name", ["a", "a"]))
case("empty_name", "a,,c\n1,2,3\n4,5,6\n", columns("a", "column_2", "c"), finding("empty_name", ["column_2"]))
case("one_column", "value\n1\n2\n3\n", columns("value"), field("rows", 3), number("value", "mean", 2))

# --- what is in it -----------------------------------------------------------------------------------------------
case("missing_words", "a,b\nNA,1\n,2\n-,3\n4,4\nnull,5\n#N/A,6\n결측,7\n", column_field("a", "missing", 6),
     finding("missing_words", ["a"], 5), types(a="integer"))
case("infinities", "a\n1\ninf\n-Infinity\nNaN\n2\n", column_field("a", "missing", 3), number("a", "max", 2))
case("exponents", "a\n1e3\n-2.5E-3\n.5\n5.\n+7\n", types(a="real"), number("a", "max", 1000), number("a", "min", -0.0025))
case("huge_numbers", "a\n123456789012345678901234567890\n1\n2\n", number("a", "max", 123456789012345678901234567890.0))
case("stray_text", "a\n" + "".join(f"{i}\n" for i in range(200)) + "오류\n", types(a="integer"),
     finding("mixed_type", ["a"], 1, [[202, 202]]))
case("half_text", "a\n" + "1\nx\n" * 20, types(a="category"))
case("booleans", "ok,참거짓\nTRUE,예\nFALSE,아니오\nTRUE,예\n", types(ok="boolean", 참거짓="boolean"))
case("category", "shift\n" + "A\nB\nA\nC\n" * 10, types(shift="category"), column_field("shift", "distinct", 3))
case("free_text", "memo\n" + "".join(f"note {i * 7919 % 1009}\n" for i in range(50)), types(memo="text"))
case("iso_times", "time,v\n" + "".join(f"{stamp(i)},{i}\n" for i in range(20)), types(time="time"),
     ("1 s", lambda p: column(p, "time")["times"]["interval_ns"] == 10**9), no_finding("time_gap"))
case("korean_times", "일시,v\n" + "".join(f"2026년 1월 5일 오후 2시 {i}분 5초,{i}\n" for i in range(20)), types(일시="time"),
     ("14:00:05", lambda p: column(p, "일시")["times"]["first"] == "2026-01-05 14:00:05"))
case("spreadsheet_times", "a,b\n" + "".join(f"2026. 1. {d}.,2026-01-05 오전 9:{d:02}:00\n" for d in range(1, 20)),
     types(a="time", b="time"), ("9 o'clock", lambda p: column(p, "b")["times"]["first"] == "2026-01-05 09:01:00"))
case("compact_times", "date,at\n" + "".join(f"202601{d:02},202601{d:02}140507\n" for d in range(1, 20)),
     types(date="time", at="time"))
case("epoch_times", "timestamp,v\n" + "".join(f"{1767571200000 + i * 100},{i}\n" for i in range(20)),
     types(timestamp="time"), ("100 ms", lambda p: column(p, "timestamp")["times"]["interval_ns"] == 10**8))
case("numbers_are_no_dates", "part\n" + "".join(f"202601{d:02}\n" for d in range(1, 20)), types(part="integer"))
case("impossible_dates", "date\n2026-02-30\n2026-13-01\n2025-02-29\n", types(date="text"))
case("time_gap", "time,v\n" + "".join(f"{stamp(i if i < 30 else i + 600)},{wave(i)}\n" for i in range(60)),
     finding("time_gap", ["time"], 1, [[31, 32]]))
case("time_backwards", "time,v\n" + "".join(f"{stamp(i if i != 20 else 5)},{wave(i)}\n" for i in range(60)),
     finding("time_disorder", ["time"], 1, [[22, 22]]))
case("constant", "a,b\n" + "".join(f"7,{i}\n" for i in range(20)), finding("constant_column", ["a"], detail="7"))
case("empty_column", "a,b\n" + "".join(f",{i}\n" for i in range(20)), types(a="empty"), finding("empty_column", ["a"]))
case("duplicate_columns", "a,b,c\n" + "".join(f"{i % 7},{i},{i % 7}\n" for i in range(50)),
     finding("duplicate_column", ["a", "c"]))
case("fahrenheit_copy", "t_c,t_f\n" + "".join(f"{wave(i):.2f},{wave(i) * 1.8 + 32:.3f}\n" for i in range(100)),
     finding("linear_copy", ["t_c", "t_f"], detail="1.8"))
case("repeated_rows", "a,b\n1,2\n3,4\n1,2\n5,6\n1,2\n", finding("repeated_rows", count=2, lines=[[4, 4], [6, 6]]))
case("drop_out", "t,a,b,c\n" + "".join(f"{i},{'' if 20 <= i < 30 else wave(i)},{'' if 20 <= i < 30 else wave(i + 3)},{wave(i + 5)}\n"
                                     for i in range(100)), finding("drop_out_together", ["a", "b"], 10, [[22, 31]]))
case("stuck", "v,w\n" + "".join(f"{wave(50) if 200 <= i < 300 else wave(i)},{wave(i + 1)}\n" for i in range(1000)),
     finding("stuck_value", ["v"], 1, [[202, 301]]))
case("spike", "current_a\n" + "".join(f"{500 if i == 400 else 21 + (i * 7 % 11) / 100}\n" for i in range(1000)),
     finding("spike", ["current_a"], 1, [[402, 402]]))
case("unit_shift", "temp_c\n" + "".join(f"{(v * 1.8 + 32 if 300 <= i < 400 else v):.2f}\n"
                                        for i, v in ((i, 21 + (i * 7 % 11) / 100) for i in range(1000))),
     finding("unit_shift", ["temp_c"], 1, [[302, 401]], "℉"))
case("row_number", "no,v\n" + "".join(f"{i + 1},{wave(i)}\n" for i in range(50)), finding("row_number", ["no"]))
case("leak_mapping", "code,v,판정\n" + "".join(f"{'ABC'[i % 3]},{wave(i)},{'불량' if i % 3 == 2 else '양호'}\n" for i in range(90)),
     finding("leakage_mapping", ["code", "판정"]))
case("leak_correlation", "after,result\n" + "".join(f"{i % 2 * 10 + wave(i) / 100},{i % 2}\n" for i in range(200)),
     finding("leakage_correlation", ["after", "result"]))
case("often_missing", "a,b\n" + "".join(f"{i if i % 3 == 0 else ''},{i}\n" for i in range(60)), finding("missing_often", ["a"], 40))
case("many_distinct", "id,v\n" + "".join(f"P{i:06},{i % 10}\n" for i in range(20000)),
     ("HyperLogLog within 5 %", lambda p: abs(column(p, "id")["distinct"] - 20000) < 1000), column_field("v", "distinct", 10))
case("html_in_cells", 'a,b\n<script>alert(1)</script>,1\n"&""\'<b>",2\n', field("rows", 2))

# --- what is refused ---------------------------------------------------------------------------------------------
case("empty", "", fails=("malformed", ["is empty"]))
case("only_mark", b"\xef\xbb\xbf", fails=("malformed", ["is empty"]))
case("only_blank", "\n\n\n", fails=("malformed", ["blank"]))
case("header_only", "a,b,c\n", fails=("malformed", ["line 1", "3 columns", "no row"]))
case("nul", b"a,b\n1,2\n3,\x004\n", fails=("malformed", ["line 3, byte 3", "NUL"]))
case("binary_pdf", b"%PDF-1.7\n1 0 obj\n", fails=("malformed", ["PDF"]))
case("binary_xlsx", b"PK\x03\x04" + bytes(range(256)) * 4, fails=("malformed", ["ZIP", "CSV"]))
case("binary_dwg", b"AC1032" + bytes(100), fails=("malformed", ["DWG"]))
case("unclosed_quote", 'a,b\n1,2\n3,"never\nends\n4,5\n', fails=("malformed", ["line 3, column 2", "never closed"]))
case("unclosed_quote_long", 'a,b\n1,2\n3,"' + "x,y\n" * 400000, fails=("malformed", ["line 3, column 2", "never closed"]))
case("ten_thousand_columns", ",".join(f"c{i}" for i in range(10000)) + "\n" + ",".join("1" for _ in range(10000)) + "\n",
     fails=("limit_exceeded", ["line 1, column 4097", "10000 columns"]))
case("one_long_line", "1234567," * 600000, fails=("malformed", ["line 1", "no line end"]))
case("one_long_field", "a,b\n1,2\n3," + "x" * 3_000_000 + "\n", fails=("malformed", ["line 3, column 2", "longer than 1 MiB"]))


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content, _, _ in CASES:
        (folder / f"{name}.csv").write_bytes(content)


def run(jangbu, *arguments):
    done = subprocess.run([jangbu, *map(str, arguments)], capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def faults_of(jangbu, file, expectations, fails):
    code, out, error = run(jangbu, "dataset", "profile", file, "--output", "json")
    if fails:
        if code == 0:
            return [f"was taken, but must be refused: {fails}"]
        answer = json.loads(out)
        missing = [text for text in fails[1] if text not in answer["detail"]]
        return ([] if answer["code"] == fails[0] else [f"{answer['code']} instead of {fails[0]}"]) + \
            [f"the message lacks {text!r}: {answer['detail']}" for text in missing]
    if code != 0:
        return [f"exit code {code}: {error}"]
    profile = json.loads(out)
    found = [what for what, holds in expectations if not holds(profile)]
    if run(jangbu, "dataset", "profile", file, "--output", "json")[1] != out:
        found.append("a second run gives other bytes")
    for language in ("ko", "en"):
        code, page, error = run(jangbu, "dataset", "profile", file, "--format", "html", "--lang", language)
        if code != 0 or b"<script" in page or b"http" in page.replace(b"http-equiv", b""):
            found.append(f"the {language} page is not plain and self-contained: {code} {error}")
    return found


def check(jangbu, folder):
    make(folder)
    failures = 0
    for name, _, expectations, fails in CASES:
        for fault in faults_of(jangbu, folder / f"{name}.csv", expectations, fails):
            failures += 1
            print(f"{name}: {fault}")
    print(f"{len(CASES)} files, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]))
    elif len(sys.argv) > 3:
        sys.exit(check(sys.argv[2], pathlib.Path(sys.argv[3])))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            sys.exit(check(sys.argv[2], pathlib.Path(temporary)))
