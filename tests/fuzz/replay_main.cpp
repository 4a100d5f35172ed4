// Replays a corpus through one fuzz target with any compiler: every file of every folder named, then every file cut at
// every length below 200 and with each of its first 200 bytes flipped. Prints how many inputs ran; none is a failure.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size);

namespace {

std::size_t runs = 0;

void run(const std::vector<unsigned char>& input) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++runs;
}

void run_with_neighbours(const std::vector<unsigned char>& input) {
    run(input);
    const std::size_t near = std::min<std::size_t>(input.size(), 200);
    for (std::size_t size = 0; size < near; ++size) run({input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size)});
    for (std::size_t at = 0; at < near; ++at) {
        std::vector<unsigned char> changed = input;
        changed[at] ^= static_cast<unsigned char>(1u << (at % 8));
        run(changed);
    }
}

}  // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
            if (entry.is_regular_file()) files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto& path : files) {
            std::ifstream in(path, std::ios::binary);
            run_with_neighbours({std::istreambuf_iterator<char>(in), {}});
        }
    }
    std::printf("%zu inputs\n", runs);
    return runs > 0 ? 0 : 1;
}
