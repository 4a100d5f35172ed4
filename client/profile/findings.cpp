#include "client/profile/findings.h"

#include "base/assert.h"

namespace jangbu::client {
namespace {

struct FindingWords {
    FindingKind kind;
    const char* name;
    const char* title_en;
    const char* advice_en;
    const char* title_ko;
    const char* advice_ko;
};

constexpr FindingWords finding_words[] = {
    {FindingKind::ragged_rows, "ragged_rows", "Rows with another number of fields",
     "Extra fields were ignored, absent ones count as missing. Look for a delimiter inside a "
     "value.",
     "필드 수가 다른 행",
     "남는 필드는 무시하고 모자란 필드는 결측으로 셌습니다. 값 안의 구분자를 확인하세요."},
    {FindingKind::blank_lines, "blank_lines", "Blank lines", "They were skipped.", "빈 줄",
     "건너뛰었습니다."},
    {FindingKind::preamble, "preamble", "Lines before the header",
     "They were skipped. Buyers' tools may not do so: take them out or describe them.",
     "머리글 앞의 줄",
     "건너뛰었습니다. 구매자의 도구는 그러지 못할 수 있으니 지우거나 설명하세요."},
    {FindingKind::no_header, "no_header", "No header row",
     "Columns are numbered. Name them in a data dictionary.", "머리글 없음",
     "열에 번호를 붙였습니다. 데이터 사전에서 이름을 지어 주세요."},
    {FindingKind::duplicate_name, "duplicate_name", "Columns of the same name",
     "Give each its own name.", "이름이 같은 열", "열마다 다른 이름을 주세요."},
    {FindingKind::empty_name, "empty_name", "Columns without a name", "Name them.", "이름 없는 열",
     "이름을 지어 주세요."},
    {FindingKind::empty_column, "empty_column", "Columns without any value",
     "Leave them out, or say why they are empty.", "값이 없는 열",
     "빼거나, 비어 있는 까닭을 적으세요."},
    {FindingKind::constant_column, "constant_column", "Columns with one value only",
     "They carry no information for a model; put the value in the description.", "값이 하나뿐인 열",
     "모델에는 정보가 없습니다. 값은 설명에 적으세요."},
    {FindingKind::duplicate_column, "duplicate_column", "Columns that are equal in every row",
     "One of them is enough.", "모든 행이 같은 열", "하나면 충분합니다."},
    {FindingKind::linear_copy, "linear_copy", "A column computed from another",
     "The same quantity in another unit or scale.", "다른 열에서 계산된 열",
     "같은 양을 다른 단위나 배율로 적은 것입니다."},
    {FindingKind::missing_often, "missing_often", "Often missing",
     "Say in the dictionary when the value is absent.", "결측이 많은 열",
     "언제 값이 없는지 사전에 적으세요."},
    {FindingKind::missing_words, "missing_words", "Missing written as a word",
     "Empty cells are safer than words.", "단어로 적은 결측", "단어보다 빈 칸이 안전합니다."},
    {FindingKind::mixed_type, "mixed_type", "Values of another type in the column",
     "They break a reader that expects one type.", "열의 형식과 다른 값",
     "한 가지 형식을 기대하는 프로그램이 멈춥니다."},
    {FindingKind::repeated_rows, "repeated_rows", "Repeated rows",
     "Take them out before a split, or training and test share rows.", "반복된 행",
     "나누기 전에 지우세요. 학습과 시험에 같은 행이 들어갑니다."},
    {FindingKind::time_disorder, "time_disorder", "Time runs backwards",
     "Sort by time, or look for a clock that was set.", "시각이 거꾸로 감",
     "시각으로 정렬하거나, 시계가 바뀌었는지 보세요."},
    {FindingKind::time_repeats, "time_repeats", "The same time in neighbouring rows",
     "A repeated record, or a clock that is coarser than the sampling.", "이웃한 행의 같은 시각",
     "기록이 반복되었거나 시계가 수집 주기보다 거칩니다."},
    {FindingKind::time_gap, "time_gap", "Gaps in time",
     "Longer than 3 times the usual step. Mark them; do not let a model bridge them.",
     "시간의 빈 구간", "보통 간격의 3배를 넘습니다. 표시해 두고, 모델이 건너뛰지 않게 하세요."},
    {FindingKind::irregular_sampling, "irregular_sampling", "Irregular sampling",
     "Resample before a method that wants equal steps.", "불규칙한 수집 주기",
     "같은 간격을 바라는 방법이라면 먼저 재표본화하세요."},
    {FindingKind::drop_out_together, "drop_out_together", "Columns that are missing together",
     "One cable, module or gateway probably feeds them all.", "함께 결측되는 열",
     "한 케이블이나 모듈, 게이트웨이를 함께 쓰는 것으로 보입니다."},
    {FindingKind::stuck_value, "stuck_value", "A value that stands still",
     "Much longer than this sensor usually repeats itself: it was probably stuck.", "멈춘 값",
     "이 센서가 보통 되풀이하는 것보다 훨씬 깁니다. 값이 멈춘 것으로 보입니다."},
    {FindingKind::standstill, "standstill", "Several signals stand still together",
     "The machine stopped, or the logger repeated its last record.", "여러 신호가 함께 멈춤",
     "설비가 멈췄거나 기록기가 마지막 값을 되풀이했습니다."},
    {FindingKind::spike, "spike", "Single spikes",
     "Away and back within three rows, 12 times a usual step.", "튀는 값",
     "세 행 안에 튀었다 돌아오며, 보통 변화의 12배를 넘습니다."},
    {FindingKind::outlier, "outlier", "Values far outside the middle half",
     "More than 3 interquartile ranges away.", "가운데 절반에서 먼 값",
     "사분위 범위의 3배를 넘게 떨어져 있습니다."},
    {FindingKind::unit_shift, "unit_shift", "A stretch in another unit",
     "The values fit when they are converted: a logger or gauge was switched.", "단위가 바뀐 구간",
     "환산하면 맞습니다. 기록기나 계기의 단위가 바뀐 것입니다."},
    {FindingKind::row_number, "row_number", "A column that counts the rows",
     "It tells a model the order and nothing else.", "행 번호인 열",
     "모델에게 순서만 알려 줄 뿐입니다."},
    {FindingKind::leakage_correlation, "leakage_correlation", "Perhaps a leak: almost the outcome",
     "Known before the outcome? If not, keep it out of training.", "누출 의심: 결과와 거의 같음",
     "결과보다 먼저 알 수 있는 값인가요? 아니라면 학습에서 빼세요."},
    {FindingKind::leakage_mapping, "leakage_mapping", "Perhaps a leak: it determines the outcome",
     "Each of its values has one outcome only. If it is written after the outcome, keep it out of "
     "training.",
     "누출 의심: 결과를 결정함",
     "값마다 결과가 하나뿐입니다. 결과 뒤에 적히는 값이라면 학습에서 빼세요."},
};
static_assert(std::size(finding_words) == finding_kinds);

const FindingWords& words_of(FindingKind kind) {
    const FindingWords& words = finding_words[static_cast<std::size_t>(kind)];
    JANGBU_ASSERT(words.kind == kind);
    return words;
}

}  // namespace

const char* name_of(FindingKind kind) {
    return words_of(kind).name;
}

std::string title_of(FindingKind kind, Language language) {
    const FindingWords& words = words_of(kind);
    return language == Language::korean ? words.title_ko : words.title_en;
}

std::string advice_of(FindingKind kind, Language language) {
    const FindingWords& words = words_of(kind);
    return language == Language::korean ? words.advice_ko : words.advice_en;
}

std::string places_text(const Finding& finding, Language language) {
    if (finding.places.empty()) return {};
    std::string out;
    for (const Place& place : finding.places) {
        out += out.empty() ? "" : ", ";
        out += std::to_string(place.first_line);
        if (place.last_line > place.first_line) out += "-" + std::to_string(place.last_line);
    }
    const bool more = finding.count > finding.places.size();
    if (language == Language::korean) return "줄 " + out + (more ? ", …" : "");
    return (finding.places.size() == 1 && !more ? "line " : "lines ") + out + (more ? ", ..." : "");
}

}  // namespace jangbu::client
