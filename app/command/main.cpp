// jangbu: the command line of a member. Each group of commands stands in its file beside this one.
#include <iostream>

#include "app/command/commands.h"

int main(int argc, char** argv) {
    using namespace jangbu::app;
    try {
        Line line;
        declare_keys(line);
        declare_members(line);
        declare_datasets(line);
        declare_listings(line);
        declare_orders(line);
        declare_programmes(line);
        declare_vouchers(line);
        declare_verify(line);
        declare_queries(line);
        declare_simulations(line);
        declare_process(line);
        declare_transactions(line);
        declare_own(line);
        return line.run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "jangbu: " << error.what() << std::endl;
        return 7;
    }
}
