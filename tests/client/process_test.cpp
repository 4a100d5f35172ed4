// Plans run over small tables, each with the output written out by hand.
#include "client/process/run.h"

#include <algorithm>
#include <sstream>

#include "tests/client/folder.h"

using namespace jangbu;
using client::PlanReading;
using test::Folder;
using test::must;

namespace {

PlanReading plan_of(const std::string& steps) {
    PlanReading reading = client::read_plan("format = \"jangbu-plan/1\"\n" + steps);
    for (const client::PlanFault& fault : reading.faults)
        FAIL("line " << fault.line << ": " << fault.what);
    return reading;
}

const Bytes key(32, 7);

struct Ran {
    client::Lineage lineage;
    std::string out;
};
Result<Ran> try_run(const std::string& steps, const std::string& table, const Folder& folder,
                    ByteView with_key = {}) {
    const auto input = folder.write("in.csv", as_bytes(table));
    client::Progress progress;
    Result<client::Lineage> lineage =
        client::run_plan(plan_of(steps), {input, folder / "out.csv", with_key}, progress);
    if (!lineage) return std::unexpected(lineage.error());
    Ran ran{std::move(*lineage), {}};
    if (std::filesystem::exists(folder / "out.csv"))
        ran.out = std::string(as_text(folder.read("out.csv")));
    return ran;
}
std::string run(const std::string& steps, const std::string& table, ByteView with_key = {}) {
    Folder folder;
    return must(try_run(steps, table, folder, with_key)).out;
}
std::string process_refusal(const std::string& steps, const std::string& table) {
    Folder folder;
    const auto ran = try_run(steps, table, folder);
    REQUIRE(!ran);
    // Nothing is left of a run that failed.
    CHECK(!std::filesystem::exists(folder / "out.csv"));
    CHECK(!std::filesystem::exists(folder / "out.csv.partial"));
    return ran.error().detail;
}

}  // namespace

TEST_CASE("process: order and dedupe put a log right") {
    const std::string table =
        "time,value\n2026-01-01T00:00:01Z,1\n2026-01-01T00:00:03Z,3\n2026-01-01T00:00:02Z,2\n"
        "2026-01-01T00:00:02Z,2\n";
    CHECK(run("[[step]]\ndo = \"order\"\ncolumn = \"time\"\nwithin = 2\n"
              "[[step]]\ndo = \"dedupe\"\n",
              table) ==
          "time,value\n2026-01-01T00:00:01Z,1\n2026-01-01T00:00:02Z,2\n2026-01-01T00:00:03Z,3\n");
    CHECK(process_refusal("[[step]]\ndo = \"order\"\ncolumn = \"time\"\nwithin = 1\n",
                          "time,v\n2026-01-01T00:00:05Z,1\n2026-01-01T00:00:06Z,1\n"
                          "2026-01-01T00:00:07Z,1\n2026-01-01T00:00:01Z,1\n")
              .starts_with("line 5, column time: this row is more than 1 rows late"));
}

TEST_CASE("process: dedupe looks at the columns it is told, within its rows") {
    CHECK(run("[[step]]\ndo = \"dedupe\"\ncolumns = [\"a\"]\nwithin = 2\n",
              "a,b\n1,x\n1,y\n2,x\n3,x\n1,z\n") == "a,b\n1,x\n2,x\n3,x\n1,z\n");
    // What differs only in where one cell ends is different.
    CHECK(run("[[step]]\ndo = \"dedupe\"\n", "a,b\n1x,y\n1,xy\n") == "a,b\n1x,y\n1,xy\n");
}

TEST_CASE("process: a unit is fixed where it shifted, or for the whole column, in decimals") {
    // 212 F = 100 C, 77 F = 25 C; half to even at the second place: 0.125 -> 0.12, 0.135 -> 0.14.
    CHECK(run("[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfrom = \"℉\"\nto = \"℃\"\nhigh = 60\n"
              "decimals = 2\n",
              "t,x\n24.95,1\n212,1\n77.0,1\n,1\n60,1\n-40,1\n") ==
          "t,x\n24.95,1\n100.00,1\n25.00,1\n,1\n60,1\n-40,1\n");
    CHECK(run("[[step]]\ndo = \"unit\"\ncolumn = \"p\"\nfactor = \"0.1\"\ndecimals = 2\n"
              "name = \"p_mpa\"\n",
              "p,x\n1.25,1\n1.35,1\n-1.25,1\n") == "p_mpa,x\n0.12,1\n0.14,1\n-0.12,1\n");
    CHECK(run("[[step]]\ndo = \"unit\"\ncolumn = \"f\"\nfrom = \"kN\"\nto = \"tonf\"\ndecimals = "
              "6\n",
              "f,x\n9.80665,1\n") == "f,x\n1.000000,1\n");
    CHECK(process_refusal("[[step]]\ndo = \"unit\"\ncolumn = \"f\"\nfactor = 2\n",
                          "f,x\n1,1\nab,1\n") ==
          "line 3, column f: no decimal number of at most 18 digits");
}

TEST_CASE("process: missing cells are filled up to the limit") {
    CHECK(run("[[step]]\ndo = \"fill\"\ncolumns = [\"v\"]\nmethod = \"previous\"\nlimit = 2\n",
              "n,v\n1,\n2,5\n3,\n4,N/A\n5,\n6,7\n7,\n") ==
          "n,v\n1,\n2,5\n3,5\n4,5\n5,\n6,7\n7,7\n");
    CHECK(run("[[step]]\ndo = \"fill\"\ncolumns = [\"v\"]\nmethod = \"value\"\nvalue = \"0\"\n",
              "n,v\n1,\n2,5\n") == "n,v\n1,0\n2,5\n");
}

TEST_CASE("process: gaps are marked, or filled where they are short") {
    const std::string table =
        "time,v\n2026-01-01T00:00:00.000Z,1.0\n2026-01-01T00:00:01.000Z,2.0\n"
        "2026-01-01T00:00:04.000Z,5.5\n2026-01-01T00:10:00.000Z,6.0\n";
    const std::string step = "[[step]]\ndo = \"gaps\"\ncolumn = \"time\"\ninterval_ms = 1000\n";
    CHECK(run(step + "method = \"mark\"\n", table) ==
          "time,v,gap_ms\n2026-01-01T00:00:00.000Z,1.0,0\n2026-01-01T00:00:01.000Z,2.0,0\n"
          "2026-01-01T00:00:04.000Z,5.5,2000\n2026-01-01T00:10:00.000Z,6.0,595000\n");
    CHECK(run(step + "method = \"linear\"\nlimit = 10\n", table) ==
          "time,v,gap_ms,filled\n2026-01-01T00:00:00.000Z,1.0,0,0\n"
          "2026-01-01T00:00:01.000Z,2.0,0,0\n2026-01-01T00:00:02.000Z,3.2,0,1\n"
          "2026-01-01T00:00:03.000Z,4.3,0,1\n2026-01-01T00:00:04.000Z,5.5,0,0\n"
          "2026-01-01T00:10:00.000Z,6.0,595000,0\n");
}

TEST_CASE("process: resample means, extremes and counts by interval, exactly") {
    CHECK(run("[[step]]\ndo = \"resample\"\ncolumn = \"time\"\ninterval_ms = 60000\ndecimals = 3\n"
              "mean = [\"v\"]\nmax = [\"v\"]\nlast = [\"s\"]\n",
              "time,v,s\n2026-01-01T00:00:01Z,0.1,a\n2026-01-01T00:00:02Z,0.2,b\n"
              "2026-01-01T00:00:59Z,,c\n2026-01-01T00:02:00Z,7,d\n2026-01-01T00:03:00Z,,\n") ==
          "time,last_s,max_v,mean_v\n2026-01-01T00:00:00.000Z,c,0.2,0.150\n"
          "2026-01-01T00:02:00.000Z,d,7,7.000\n2026-01-01T00:03:00.000Z,,,\n");
    CHECK(process_refusal(
              "[[step]]\ndo = \"resample\"\ncolumn = \"time\"\ninterval_ms = 1000\ndecimals = "
              "0\nmean = [\"v\"]\n",
              "time,v\n2026-01-01T00:00:09Z,1\n2026-01-01T00:00:01Z,1\n")
              .starts_with("line 3, column time: time goes back"));
}

TEST_CASE("process: outliers are flagged by bounds and by Hampel's rule") {
    CHECK(run("[[step]]\ndo = \"outlier\"\ncolumn = \"v\"\nmethod = \"bounds\"\nlow = 0\nhigh = "
              "1.5\n",
              "n,v\n1,-0.1\n2,0\n3,1.50\n4,1.51\n5,\n") ==
          "n,v,v_outlier\n1,-0.1,1\n2,0,0\n3,1.50,0\n4,1.51,1\n5,,0\n");
    // Values before: 1 2 3 4 5, median 3, deviation 1; 3 x 1.4826 = 4.4478.
    CHECK(run("[[step]]\ndo = \"outlier\"\ncolumn = \"v\"\nmethod = \"hampel\"\nwithin = 5\nhigh = "
              "3\n",
              "v,n\n1,1\n2,1\n3,1\n4,1\n5,1\n7.4478,1\n") ==
          "v,n,v_outlier\n1,1,0\n2,1,0\n3,1,0\n4,1,0\n5,1,0\n7.4478,1,0\n");
    CHECK(run("[[step]]\ndo = \"outlier\"\ncolumn = \"v\"\nmethod = \"hampel\"\nwithin = 5\nhigh = "
              "3\n",
              "v,n\n1,1\n2,1\n3,1\n4,1\n5,1\n7.4479,1\n")
              .ends_with("7.4479,1,1\n"));
}

TEST_CASE("process: pseudonyms are HMAC-SHA-256 under the key, and need one") {
    // From Python: hmac.new(bytes([7]) * 32, b"jangbu/pseudonym/v1worker\0Kim", "sha256")
    const std::string steps = "[[step]]\ndo = \"pseudonymise\"\ncolumns = [\"worker\"]\n";
    const std::string out = run(steps, "worker,n\nKim,1\nLee,2\nKim,3\n,4\n", key);
    CHECK(out == "worker,n\n11199e806ff0da32,1\n722ee8892315150e,2\n11199e806ff0da32,3\n,4\n");
    CHECK(process_refusal(steps, "worker,n\nKim,1\n") ==
          "plan, line 2: pseudonymise needs a key: --key-file");
}

TEST_CASE("process: a split by group tears no group apart; its shares are about kept") {
    Folder folder;
    std::string table = "lot,n\n";
    for (int i = 0; i < 4'000; ++i)
        table += "lot" + std::to_string(i / 2 % 1'000) + "," + std::to_string(i) + "\n";
    const auto ran = must(
        try_run("[[step]]\ndo = \"split\"\nmethod = \"group\"\ncolumn = \"lot\"\nsalt = \"s\"\n"
                "parts = [{name = \"train\", share = 80}, {name = \"test\", share = 20}]\n",
                table, folder));
    REQUIRE(ran.lineage.outputs.size() == 2);
    CHECK(ran.lineage.outputs[0].name == "out.train.csv");
    CHECK(ran.lineage.outputs[0].rows + ran.lineage.outputs[1].rows == 4'000);
    CHECK(ran.lineage.outputs[1].rows > 600);
    CHECK(ran.lineage.outputs[1].rows < 1'000);
    const auto lots = [&](const char* name) {
        std::vector<std::string> out;
        std::istringstream in{std::string(as_text(folder.read(name)))};
        std::string line;
        std::getline(in, line);
        while (std::getline(in, line)) out.push_back(line.substr(0, line.find(',')));
        std::sort(out.begin(), out.end());
        return out;
    };
    const auto train = lots("out.train.csv");
    const auto test = lots("out.test.csv");
    std::vector<std::string> both;
    std::set_intersection(train.begin(), train.end(), test.begin(), test.end(),
                          std::back_inserter(both));
    CHECK(both.empty());
}

TEST_CASE("process: a split by time leaves out the gap after its border") {
    Folder folder;
    must(
        try_run("[[step]]\ndo = \"split\"\nmethod = \"time\"\ncolumn = \"time\"\ngap_ms = 1000\n"
                "parts = [{name = \"a\", until = \"2026-01-01T00:00:02Z\"}, {name = \"b\"}]\n",
                "time,v\n2026-01-01T00:00:01Z,1\n2026-01-01T00:00:02Z,2\n"
                "2026-01-01T00:00:03Z,3\n",
                folder));
    CHECK(as_text(folder.read("out.a.csv")) == "time,v\n2026-01-01T00:00:01Z,1\n");
    CHECK(as_text(folder.read("out.b.csv")) == "time,v\n2026-01-01T00:00:03Z,3\n");
}

TEST_CASE("process: a decimal comma becomes a point; cells that need quotes have them") {
    CHECK(run("[[step]]\ndo = \"drop\"\ncolumns = [\"b\"]\n",
              "a;b;c\n1,5;x;\"say \"\"ja\"\"\"\n2,25;y;k,l\n3,5;z;m\n") ==
          "a,c\n1.5,\"say \"\"ja\"\"\"\n2.25,\"k,l\"\n3.5,m\n");
}

TEST_CASE("process: a second run gives the same bytes and the same lineage, which reads back") {
    const std::string steps = "title = \"t\"\n[[step]]\ndo = \"pseudonymise\"\ncolumns = [\"a\"]\n";
    Folder one;
    Folder two;
    const Ran first = must(try_run(steps, "a,b\nx,1\ny,2\n", one, key));
    const Ran second = must(try_run(steps, "a,b\nx,1\ny,2\n", two, key));
    CHECK(first.out == second.out);
    const std::string text = client::lineage_text(first.lineage);
    CHECK(text == client::lineage_text(second.lineage));
    const client::Lineage read = must(client::read_lineage(text));
    CHECK(client::lineage_text(read) == text);
    CHECK(read.input.sha256 == crypto::sha256(as_bytes("a,b\nx,1\ny,2\n")));
    CHECK(read.outputs.front().sha256 == crypto::sha256(as_bytes(first.out)));
    CHECK(read.key_digest.has_value());
    // A plan that was exchanged is noticed.
    client::Lineage forged = first.lineage;
    forged.plan.back() ^= 1;
    CHECK(!client::read_lineage(client::lineage_text(forged)));
}

TEST_CASE("process: a table that does not fit is refused with its line") {
    const std::string drop = "[[step]]\ndo = \"drop\"\ncolumns = [\"a\"]\n";
    CHECK(process_refusal(drop, "a,b\n1,2\n1,2,3\n") == "line 3: 3 cells where the header has 2");
    CHECK(process_refusal(drop, "a,b,a\n1,2,3\n") == "line 1: two columns are named a");
    CHECK(process_refusal(drop, "x,b\n1,2\n") == "plan, line 2: there is no column a at this step");
}

TEST_CASE("plan: every wrong field is told with its line") {
    struct Row {
        const char* steps;
        u32 line;
        const char* what;
    };
    const Row rows[] = {
        {"", 0, "no step"},
        {"[[step]]\n", 2, "a step says what to do"},
        {"[[step]]\ndo = \"mix\"\n", 3, "unknown step mix"},
        {"[[step]]\ndo = 5\n", 3, "do is a text in quotes"},
        {"[[step]]\ndo = \"drop\"\n", 2, "drop needs columns"},
        {"[[step]]\ndo = \"drop\"\ncolumns = []\n", 4, "columns is a list"},
        {"[[step]]\ndo = \"drop\"\ncolumns = [\"a\", \"a\"]\n", 4, "names a twice"},
        {"[[step]]\ndo = \"drop\"\ncolumns = [\"a\"]\nwithin = 5\n", 5, "drop has no key within"},
        {"[[step]]\ndo = \"order\"\ncolumn = \"t\"\nwithin = 0\n", 5,
         "within is a whole number from 1 to 1000000"},
        {"[[step]]\ndo = \"unit\"\ncolumn = \"t\"\n", 2, "unit takes from and to"},
        {"[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfrom = \"bar\"\nto = \"℃\"\n", 2, "no way"},
        {"[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfactor = \"1e5\"\n", 5, "factor is a decimal"},
        {"[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfactor = 2\nlow = 3\nhigh = 2\n", 2,
         "low is above high"},
        {"[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfactor = 2\ndecimals = 10\n", 6,
         "decimals is a whole number from 0 to 9"},
        {"[[step]]\ndo = \"fill\"\ncolumns = [\"a\"]\nmethod = \"linear\"\n", 5,
         "the methods of fill are previous value"},
        {"[[step]]\ndo = \"fill\"\ncolumns = [\"a\"]\nmethod = \"previous\"\nvalue = \"0\"\n", 2,
         "fill takes a value exactly"},
        {"[[step]]\ndo = \"resample\"\ncolumn = \"t\"\ninterval_ms = 10\ndecimals = 1\n", 2,
         "resample needs one of"},
        {"[[step]]\ndo = \"outlier\"\ncolumn = \"t\"\nmethod = \"bounds\"\n", 2, "needs low, high"},
        {"[[step]]\ndo = \"outlier\"\ncolumn = \"t\"\nmethod = \"hampel\"\n", 2, "needs high"},
        {"[[step]]\ndo = \"split\"\ncolumn = \"t\"\nmethod = \"group\"\nparts = [{name = \"a\", "
         "share = 50}, {name = \"b\", share = 40}]\n",
         2, "add up to 100"},
        {"[[step]]\ndo = \"split\"\ncolumn = \"t\"\nmethod = \"group\"\nparts = [{name = \"../a\", "
         "share = 50}, {name = \"b\", share = 50}]\n",
         6, "goes into a file name"},
        {"[[step]]\ndo = \"split\"\ncolumn = \"t\"\nmethod = \"time\"\nparts = [{name = \"a\", "
         "until = \"soon\"}, {name = \"b\"}]\n",
         2, "until: a time"},
        {"[[step]]\ndo = \"split\"\ncolumn = \"t\"\nmethod = \"group\"\nparts = [{name = \"a\", "
         "share = 50}, {name = \"b\", share = 50}]\n[[step]]\ndo = \"dedupe\"\n",
         2, "split is the last step"},
        {"colour = 3\n[[step]]\ndo = \"dedupe\"\n", 2, "unknown key colour"},
        {"[[step]]\ndo = \n", 3, ""},
    };
    for (const Row& row : rows) {
        const PlanReading reading =
            client::read_plan("format = \"jangbu-plan/1\"\n" + std::string(row.steps));
        INFO(row.steps);
        REQUIRE(!reading.faults.empty());
        CHECK(reading.faults.front().line == row.line);
        CHECK(reading.faults.front().what.find(row.what) != std::string::npos);
    }
    CHECK(client::read_plan("[[step]]\ndo = \"dedupe\"\n").faults.front().what ==
          "format = \"jangbu-plan/1\" is missing");
}

TEST_CASE("plan: spaces, comments and the order of keys do not change its digest; values do") {
    const auto digest = [](const std::string& steps) {
        return client::plan_digest(plan_of(steps).plan);
    };
    const auto one = digest("[[step]]\ndo = \"order\"\ncolumn = \"t\"\nwithin = 5\n");
    CHECK(one == digest("# why\n[[step]]\nwithin   = 5\ncolumn=\"t\"\ndo = \"order\"\n"));
    CHECK(one != digest("[[step]]\ndo = \"order\"\ncolumn = \"t\"\nwithin = 6\n"));
    CHECK(digest("[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfactor = 0.1\n") ==
          digest("[[step]]\ndo = \"unit\"\ncolumn = \"t\"\nfactor = \"0.1\"\n"));
}
