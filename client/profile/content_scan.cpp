#include "client/profile/content_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "base/assert.h"
#include "client/durable_file.h"
#include "client/profile/cell.h"
#include "client/profile/dialect.h"
#include "client/profile/file_kind.h"
#include "client/profile/text_source.h"

namespace jangbu::client {
namespace {

constexpr std::size_t block_bytes = 1 << 20;
// No pattern is longer, so that one which a block cuts is found whole in the next.
constexpr std::size_t pattern_bytes_max = 256;
constexpr std::size_t columns_looked_at_max = 100'000;

bool is_letter(char c) {
    return static_cast<unsigned>((c | 0x20) - 'a') < 26;
}
bool is_word(char c) {
    return is_digit(c) || is_letter(c) || c == '_';
}

struct ScanWords {
    ScanKind kind;
    const char* name;
    const char* english;
    const char* korean;
};
constexpr ScanWords scan_words[] = {
    {ScanKind::resident_number, "resident_number", "Resident registration numbers",
     "주민등록번호 (검증번호 일치)"},
    {ScanKind::resident_number_maybe, "resident_number_maybe",
     "Numbers like resident registration numbers", "주민등록번호로 보이는 값"},
    {ScanKind::telephone, "telephone", "Telephone numbers", "전화번호"},
    {ScanKind::email, "email", "E-mail addresses", "전자우편 주소"},
    {ScanKind::person_header, "person_header", "Columns that speak of persons", "사람에 관한 열"},
    {ScanKind::private_key, "private_key", "Private keys", "개인 키"},
    {ScanKind::access_key, "access_key", "Access keys or passwords", "접근 키나 비밀번호"},
    {ScanKind::drawing, "drawing", "A drawing or model", "도면이나 모델"},
    {ScanKind::document, "document", "A document or image", "문서나 그림"},
    {ScanKind::not_scanned, "not_scanned", "Content that could not be looked at",
     "들여다볼 수 없는 내용"},
};
static_assert(std::size(scan_words) == scan_kinds);

// 1 digit, 2 @, 3 -, 4 a letter that may begin an access key.
constexpr std::array<u8, 256> make_classes() {
    std::array<u8, 256> out{};
    for (int c = '0'; c <= '9'; ++c) out[static_cast<std::size_t>(c)] = 1;
    out['@'] = 2;
    out['-'] = 3;
    for (const char c : {'A', 'g', 's', 'x', 'e', 'p', 'P'}) out[static_cast<u8>(c)] = 4;
    return out;
}
constexpr std::array<u8, 256> classes = make_classes();

bool is_birth_date(std::string_view digits) {
    const int month = (digits[2] - '0') * 10 + (digits[3] - '0');
    const int day = (digits[4] - '0') * 10 + (digits[5] - '0');
    static constexpr int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

class Scanner {
public:
    // `text` goes on where the last call ended; candidates that begin at or after `end` are left to
    // the next call. `line`, `column`: of the first byte.
    void scan(std::string_view text, std::size_t from, std::size_t end) {
        text_ = text;
        std::size_t at = from;
        while (at < end) {
            const char c = text[at];
            switch (classes[static_cast<u8>(c)]) {
                case 0:
                    if (c == '\n') {
                        ++line_;
                        line_start_ = offset_ + at + 1;
                    }
                    ++at;
                    break;
                case 1:
                    at = digits(at);
                    break;
                case 2:
                    at = mail(at);
                    break;
                case 3:
                    at = dashes(at);
                    break;
                default:
                    at = letters(at);
            }
        }
        reached_ = at;
    }
    // Where the next call begins, since a number may reach beyond `end`.
    std::size_t reached() const { return reached_; }
    void moved(std::size_t bytes) { offset_ += bytes; }

    void note(ScanKind kind, u64 line, u64 byte, const std::string& example) {
        ScanFinding& finding = found_[static_cast<std::size_t>(kind)];
        finding.kind = kind;
        if (finding.count++ == 0) finding.example = example;
        if (finding.places.size() < ScanFinding::places_max) finding.places.push_back({line, byte});
    }
    std::vector<ScanFinding> take();

private:
    char before(std::size_t at) const { return at == 0 ? '\n' : text_[at - 1]; }
    char peek(std::size_t at) const { return at < text_.size() ? text_[at] : '\n'; }
    std::size_t run(std::size_t at) const {
        std::size_t end = at;
        while (end < text_.size() && is_digit(text_[end])) ++end;
        return end - at;
    }
    void hit(ScanKind kind, std::size_t at, const std::string& example) {
        note(kind, line_, offset_ + at - line_start_ + 1, example);
    }

    std::size_t digits(std::size_t at);
    std::size_t resident(std::size_t at, std::string_view thirteen, bool joined, std::size_t end);
    std::size_t telephone(std::size_t at, std::size_t count);
    std::size_t mail(std::size_t at);
    std::size_t dashes(std::size_t at);
    std::size_t letters(std::size_t at);

    std::string_view text_;
    u64 line_ = 1;
    u64 offset_ = 0;      // of text_ in the file
    u64 line_start_ = 0;  // in the file
    std::size_t reached_ = 0;
    std::array<ScanFinding, scan_kinds> found_;
    // Thirteen digits without a dash are times in ms more often: of those one in ten passes.
    ScanFinding joined_;
    u64 joined_seen_ = 0;
};

std::size_t Scanner::digits(std::size_t at) {
    const std::size_t count = run(at);
    const std::size_t end = at + count;
    const char left = before(at);
    // A part of a longer number or word is none of what is looked for.
    if (is_word(left) || left == '.') return end;
    if (count == 6 && peek(end) == '-' && run(end + 1) == 7 && !is_word(peek(end + 8))) {
        std::string thirteen(text_.substr(at, 6));
        thirteen += text_.substr(end + 1, 7);
        return resident(at, thirteen, false, end + 8);
    }
    if (count == 13 && !is_word(peek(end)) && peek(end) != '.')
        return resident(at, text_.substr(at, 13), true, end);
    if (text_[at] == '0') return telephone(at, count);
    if (count == 2 && left == '+' && text_.substr(at, 2) == "82") {
        // +82-10-1234-5678, +821012345678
        std::size_t next = end;
        std::size_t sum = 0;
        while (next < text_.size() &&
               (is_digit(text_[next]) || text_[next] == '-' || text_[next] == ' ') &&
               next < at + 20) {
            if (is_digit(text_[next])) ++sum;
            ++next;
        }
        if (sum >= 8 && sum <= 10) hit(ScanKind::telephone, at - 1, "+82…");
        return std::max(next, end);
    }
    if (left == '+' && text_.substr(at, 4) == "8210" && count == 12)
        hit(ScanKind::telephone, at - 1, "+8210…");
    return end;
}

std::size_t Scanner::resident(std::size_t at, std::string_view thirteen, bool joined,
                              std::size_t end) {
    const char century = thirteen[6];
    const bool date = is_birth_date(thirteen) && century >= '0' && century <= '9';
    const bool checked = date && resident_check_digit(thirteen);
    const std::string example = std::string(thirteen.substr(0, 2)) + "****-*******";
    if (joined) {
        ++joined_seen_;
        if (!checked) return end;
        if (joined_.count++ == 0) joined_.example = example;
        if (joined_.places.size() < ScanFinding::places_max)
            joined_.places.push_back({line_, offset_ + at - line_start_ + 1});
        return end;
    }
    if (checked)
        hit(ScanKind::resident_number, at, example);
    else if (date && century >= '1' && century <= '8')
        hit(ScanKind::resident_number_maybe, at, example);
    return end;
}

// 010-1234-5678, 02-123-4567, 031 123 4567, 01012345678
std::size_t Scanner::telephone(std::size_t at, std::size_t count) {
    const std::size_t end = at + count;
    const std::string_view number = text_.substr(at, count);
    static constexpr std::string_view mobile[] = {"010", "011", "016", "017", "018", "019", "070"};
    const bool is_mobile = std::any_of(std::begin(mobile), std::end(mobile),
                                       [&](auto code) { return number.starts_with(code); });
    if (count == 11 && is_mobile && !is_word(peek(end)) && peek(end) != '.') {
        hit(ScanKind::telephone, at, std::string(number.substr(0, 3)) + "-****-****");
        return end;
    }
    const bool area = (count == 2 && number == "02") ||
                      (count == 3 && (is_mobile || (number[1] >= '3' && number[1] <= '6' &&
                                                    number[2] >= '1' && number[2] <= '5')));
    const char sign = peek(end);
    if (!area || (sign != '-' && sign != ' ' && sign != '.' && sign != ')')) return end;
    const std::size_t middle = run(end + 1);
    if ((middle != 3 && middle != 4) || peek(end + 1 + middle) != (sign == ')' ? '-' : sign))
        return end;
    const std::size_t last = end + 2 + middle;
    if (run(last) != 4 || is_word(peek(last + 4))) return end;
    hit(ScanKind::telephone, at, std::string(number) + "-****-****");
    return last + 4;
}

std::size_t Scanner::mail(std::size_t at) {
    const auto is_local = [](char c) {
        return is_word(c) || c == '.' || c == '+' || c == '-' || c == '%';
    };
    std::size_t from = at;
    while (from > 0 && at - from < 64 && is_local(text_[from - 1])) --from;
    std::size_t end = at + 1;
    std::size_t dots = 0;
    std::size_t since = 0;
    while (end < text_.size() && end - at < 128 &&
           (is_word(text_[end]) || text_[end] == '-' || text_[end] == '.')) {
        if (text_[end] == '.') {
            ++dots;
            since = 0;
        } else {
            ++since;
        }
        ++end;
    }
    const bool letters = end > 0 && is_letter(text_[end - 1]);
    if (from == at || dots == 0 || since < 2 || !letters) return at + 1;
    hit(ScanKind::email, from,
        std::string(1, text_[from]) + "***@" + std::string(text_.substr(at + 1, end - at - 1)));
    return end;
}

// -----BEGIN ... PRIVATE KEY-----
std::size_t Scanner::dashes(std::size_t at) {
    if (!text_.substr(at).starts_with("-----BEGIN ")) return at + 1;
    const std::string_view rest = text_.substr(at + 11, 64);
    const std::size_t end = rest.find("-----");
    if (end == std::string_view::npos) return at + 1;
    const std::string_view label = rest.substr(0, end);
    if (label.find("PRIVATE KEY") != std::string_view::npos)
        hit(ScanKind::private_key, at, "-----BEGIN " + std::string(label) + "-----");
    return at + 11;
}

std::size_t Scanner::letters(std::size_t at) {
    if (is_word(before(at))) return at + 1;
    const std::string_view rest = text_.substr(at);
    struct Prefix {
        std::string_view text;
        std::size_t more_min;  // letters, digits, - and _ that must follow
    };
    static constexpr Prefix prefixes[] = {
        {"AKIA", 16},     {"AIza", 35},        {"ghp_", 36},   {"gho_", 36},
        {"ghs_", 36},     {"github_pat_", 40}, {"glpat-", 20}, {"sk-", 32},
        {"sk_live_", 20}, {"xoxb-", 20},       {"xoxp-", 20},  {"eyJhbGciOi", 40},
    };
    for (const Prefix& prefix : prefixes) {
        if (!rest.starts_with(prefix.text)) continue;
        std::size_t more = prefix.text.size();
        while (more < rest.size() && more < 200 &&
               (is_word(rest[more]) || rest[more] == '-' || rest[more] == '.'))
            ++more;
        if (more - prefix.text.size() < prefix.more_min) continue;
        hit(ScanKind::access_key, at, std::string(prefix.text) + "…");
        return at + more;
    }
    for (const std::string_view word : {"password", "Password", "passwd", "secret_key"}) {
        if (!rest.starts_with(word)) continue;
        std::size_t next = word.size();
        while (next < rest.size() && rest[next] == ' ') ++next;
        if (next >= rest.size() || (rest[next] != '=' && rest[next] != ':')) continue;
        std::size_t value = next + 1;
        while (value < rest.size() && (rest[value] == ' ' || rest[value] == '"')) ++value;
        std::size_t end = value;
        while (end < rest.size() && end - value < 64 && static_cast<u8>(rest[end]) > 0x20 &&
               rest[end] != ',' && rest[end] != '"')
            ++end;
        if (end - value < 6) continue;
        hit(ScanKind::access_key, at, std::string(word) + "=…");
        return at + end;
    }
    return at + 1;
}

std::vector<ScanFinding> Scanner::take() {
    // Chance lets one of ten pass; a column of real numbers passes whole.
    if (joined_.count > 0 && joined_.count * 10 >= joined_seen_ * 6) {
        ScanFinding& finding = found_[static_cast<std::size_t>(ScanKind::resident_number)];
        finding.kind = ScanKind::resident_number;
        if (finding.count == 0) finding.example = joined_.example;
        finding.count += joined_.count;
        for (const auto& place : joined_.places)
            if (finding.places.size() < ScanFinding::places_max) finding.places.push_back(place);
    }
    std::vector<ScanFinding> out;
    for (ScanFinding& finding : found_)
        if (finding.count > 0) out.push_back(std::move(finding));
    return out;
}

bool speaks_of_person(std::string_view name) {
    static constexpr std::string_view inside[] = {
        "성명",     "작업자", "담당자", "사원",   "직원",     "주민",     "연락처",
        "전화",     "휴대폰", "핸드폰", "이메일", "생년월일", "이름",     "주소지",
        "employee", "phone",  "e-mail", "email",  "birth",    "passport", "resident"};
    static constexpr std::string_view whole[] = {
        "name",     "worker",     "operator",  "operator_name", "worker_name", "user_name",
        "username", "first_name", "last_name", "full_name",     "ssn",         "rrn",
        "mobile",   "address",    "주소",      "operator name", "inspector",   "검사자"};
    const std::string folded = fold_case(name);
    return std::any_of(std::begin(inside), std::end(inside),
                       [&](auto word) { return folded.find(word) != std::string::npos; }) ||
           std::find(std::begin(whole), std::end(whole), folded) != std::end(whole);
}

void scan_beginning(std::string_view beginning, const std::filesystem::path& file, bool whole,
                    Scanner& scanner) {
    if (const auto kind = kind_of_file(beginning)) {
        switch (kind->kind) {
            case FileClass::drawing:
                scanner.note(ScanKind::drawing, 1, 1, std::string(kind->name));
                break;
            case FileClass::document:
            case FileClass::image:
                scanner.note(ScanKind::document, 1, 1, std::string(kind->name));
                break;
            case FileClass::archive:
                scanner.note(ScanKind::not_scanned, 1, 1, std::string(kind->name));
                break;
            case FileClass::program:
            case FileClass::table:
                break;
        }
        return;
    }
    if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff")) {
        scanner.note(ScanKind::not_scanned, 1, 1, "UTF-16");
        return;
    }
    // Headers are read as the profile reads them; what is no table has none.
    Result<TextSource> source = TextSource::open(file);
    if (!source) return;
    const Result<std::string_view> text = source->next();
    if (!text || text->empty()) return;
    const Result<Dialect> dialect = find_dialect(*text, whole, columns_looked_at_max);
    if (!dialect || !dialect->has_header || dialect->names.size() < 2) return;
    for (const std::string& name : dialect->names)
        if (speaks_of_person(name))
            scanner.note(ScanKind::person_header, dialect->header_line, 1, name.substr(0, 60));
}

}  // namespace

const char* name_of(ScanKind kind) {
    const ScanWords& words = scan_words[static_cast<std::size_t>(kind)];
    JANGBU_ASSERT(words.kind == kind);
    return words.name;
}

std::string title_of(ScanKind kind, Language language) {
    const ScanWords& words = scan_words[static_cast<std::size_t>(kind)];
    return language == Language::korean ? words.korean : words.english;
}

bool resident_check_digit(std::string_view digits) {
    static constexpr int weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    if (digits.size() != 13) return false;
    int sum = 0;
    for (std::size_t i = 0; i < 12; ++i) sum += weights[i] * (digits[i] - '0');
    const int expected = (11 - sum % 11) % 10;
    // Foreigners' numbers add two.
    const bool foreign = digits[6] >= '5' && digits[6] <= '8';
    return digits[12] - '0' == (foreign ? (expected + 2) % 10 : expected);
}

Result<std::vector<ScanFinding>> scan_file(const std::filesystem::path& file, Progress& progress) {
    const FileStamp stamp = TRY(stamp_of(file));
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::io, "cannot read " + file.string());
    progress.begin("scan", stamp.bytes);
    Scanner scanner;
    std::string buffer;
    u64 read = 0;
    std::size_t from = 0;
    while (read < stamp.bytes) {
        const std::size_t kept = buffer.size();
        const std::size_t wanted = std::min<u64>(block_bytes, stamp.bytes - read);
        buffer.resize(kept + wanted);
        in.read(buffer.data() + kept, static_cast<std::streamsize>(wanted));
        if (static_cast<std::size_t>(in.gcount()) != wanted)
            return fail(in.bad() ? ErrorCode::io : ErrorCode::conflict,
                        file.string() + " could not be read to its end");
        const bool first = read == 0;
        read += wanted;
        progress.add(wanted);
        const bool last = read == stamp.bytes;
        if (first) scan_beginning(buffer, file, last, scanner);
        const std::size_t end =
            last ? buffer.size() : buffer.size() - std::min(buffer.size(), pattern_bytes_max);
        scanner.scan(buffer, from, std::max(from, end));
        // What stands before a candidate is looked at too.
        const std::size_t keep_from =
            scanner.reached() - std::min(scanner.reached(), pattern_bytes_max);
        from = scanner.reached() - keep_from;
        scanner.moved(keep_from);
        buffer.erase(0, keep_from);
    }
    progress.end();
    return scanner.take();
}

}  // namespace jangbu::client
