// Any bytes as a head: refused or read, never past the end.
#include "api/header_gate.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const auto head = jangbu::api::read_head({reinterpret_cast<const char*>(bytes), size});
    if (head && head->chunked && head->content_length) __builtin_trap();
    return 0;
}
