// Any text as each answer of a node, and as a saved file of the home: never a crash.
#include "client/head_pin.h"
#include "client/node_answers.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView text(input, size);
    (void)client::read_status(text);
    (void)client::read_head(text);
    (void)client::read_transaction(text);
    (void)client::read_transactions(text);
    (void)client::read_organisation(text);
    (void)client::read_parameters(text);
    (void)client::read_datasets(text);
    (void)client::read_listings(text);
    (void)client::read_order(text);
    (void)client::read_orders(text);
    (void)client::read_vouchers(text);
    (void)client::problem_error(422, text);
    (void)client::read_fraud(as_text(text));
    return 0;
}
