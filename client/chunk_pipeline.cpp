#include "client/chunk_pipeline.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "client/block_workers.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;

constexpr u64 block_bytes_aim = 1 << 20;

// Whole chunks [first, first + count) of one block.
struct Block {
    u64 first = 0;
    u64 count = 0;
};

u64 chunks_per_block(const DatasetShape& shape) {
    return std::max<u64>(1, block_bytes_aim / shape.chunk_size);
}
u64 blocks_of(const DatasetShape& shape) {
    const u64 each = chunks_per_block(shape);
    return (shape.n() + each - 1) / each;
}
Block block_at(const DatasetShape& shape, u64 number) {
    const u64 first = number * chunks_per_block(shape);
    return {first, std::min(chunks_per_block(shape), shape.n() - first)};
}
u64 data_bytes(const DatasetShape& shape, const Block& block) {
    return (block.count - 1) * shape.chunk_size + shape.data_bytes(block.first + block.count - 1);
}
u64 ciphertext_bytes(const DatasetShape& shape, const Block& block) {
    return data_bytes(shape, block) + block.count * fx1::salt_bytes;
}

Hash salt_at(const Salts& salts, u64 chunk) {
    if (const Hash* seed = std::get_if<Hash>(&salts)) return fx1::salt(*seed, chunk);
    return std::get<std::span<const Hash>>(salts)[chunk];
}

std::unexpected<Error> stream_error(const char* what, const std::filesystem::path& file) {
    return fail(ErrorCode::io, std::string("cannot ") + what + " " + file.string());
}

Status read_at(std::ifstream& in, const std::filesystem::path& file, u64 from, std::span<u8> into) {
    in.clear();
    in.seekg(static_cast<std::streamoff>(from));
    in.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    if (static_cast<std::size_t>(in.gcount()) != into.size()) return stream_error("read", file);
    return {};
}

Status write_at(std::fstream& out, const std::filesystem::path& file, u64 from, ByteView bytes) {
    out.seekp(static_cast<std::streamoff>(from));
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return stream_error("write", file);
    return {};
}

// Made anew with its final length, so that workers write in any order.
Status lay_out(const std::filesystem::path& file, u64 bytes) {
    {
        const std::ofstream made(file, std::ios::binary | std::ios::trunc);
        if (!made) return stream_error("write", file);
    }
    std::error_code error;
    std::filesystem::resize_file(file, bytes, error);
    if (error) return stream_error("write", file);
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    return {};
}

Status need_length(const std::filesystem::path& file, u64 bytes) {
    std::error_code error;
    const u64 present = std::filesystem::file_size(file, error);
    if (error) return stream_error("read", file);
    if (present == bytes) return {};
    return fail(ErrorCode::conflict, file.string() + " has " + std::to_string(present) +
                                         " bytes, not " + std::to_string(bytes));
}

// One worker's hands: its own streams and buffers.
struct Hands {
    std::filesystem::path in_name;
    std::filesystem::path out_name;
    std::ifstream in;
    std::fstream out;
    Bytes taken;
    Bytes made;
};

Result<std::shared_ptr<Hands>> hands(const std::filesystem::path& in,
                                     const std::filesystem::path& out) {
    auto made = std::make_shared<Hands>();
    made->in_name = in;
    made->out_name = out;
    made->in.open(in, std::ios::binary);
    if (!made->in) return stream_error("read", in);
    if (out.empty()) return made;
    made->out.open(out, std::ios::binary | std::ios::in | std::ios::out);
    if (!made->out) return stream_error("write", out);
    return made;
}

void apply_key(const OrderCipher& cipher, u64 chunk, std::span<u8> record) {
    const Bytes input = fx1::chunk_input(cipher.context, chunk);
    const crypto::Point point = fx1::chunk_point(cipher.key, input);
    fx1::crypt(fx1::chunk_key(input, point.bytes()), record);
}

}  // namespace

DatasetShape shape_of(const market::Dataset& dataset) {
    return {dataset.registrant, dataset.byte_len, dataset.chunk_size};
}

Result<std::vector<Hash>> hash_dataset(const std::filesystem::path& file, const DatasetShape& shape,
                                       const Salts& salts, Progress& progress) {
    TRY(need_length(file, shape.byte_len));
    std::vector<Hash> leaves(shape.n());
    progress.begin("hashing", shape.byte_len);
    const auto work = [&](Hands& own, u64 number) -> Status {
        const Block block = block_at(shape, number);
        own.taken.resize(data_bytes(shape, block));
        TRY(read_at(own.in, own.in_name, block.first * shape.chunk_size, own.taken));
        std::span<const u8> left = own.taken;
        std::vector<fx1::Record> records;
        for (u64 chunk = block.first; chunk < block.first + block.count; ++chunk) {
            const std::size_t bytes = shape.data_bytes(chunk);
            records.push_back({salt_at(salts, chunk), left.first(bytes)});
            left = left.subspan(bytes);
        }
        fx1::data_leaves(shape.registrant.bytes, block.first, records,
                         std::span(leaves).subspan(block.first, block.count));
        progress.add(own.taken.size());
        return {};
    };
    TRY(run_blocks<Hands>(blocks_of(shape), [&] { return hands(file, {}); }, work));
    progress.end();
    return leaves;
}

Result<std::vector<Hash>> encrypt_dataset(const std::filesystem::path& file,
                                          const std::filesystem::path& ciphertext,
                                          const DatasetShape& shape, const Hash& seed,
                                          const OrderCipher& cipher, std::span<const Hash> leaves,
                                          Progress& progress) {
    TRY(need_length(file, shape.byte_len));
    TRY(lay_out(ciphertext, shape.ciphertext_bytes()));
    std::vector<Hash> ct_leaves(shape.n());
    progress.begin("encrypting", shape.byte_len);
    const auto work = [&](Hands& own, u64 number) -> Status {
        const Block block = block_at(shape, number);
        own.taken.resize(data_bytes(shape, block));
        TRY(read_at(own.in, own.in_name, block.first * shape.chunk_size, own.taken));
        own.made.clear();
        std::span<const u8> left = own.taken;
        for (u64 chunk = block.first; chunk < block.first + block.count; ++chunk) {
            const std::size_t bytes = shape.data_bytes(chunk);
            Bytes record = concat({fx1::salt(seed, chunk), left.first(bytes)});
            if (fx1::data_leaf(shape.registrant.bytes, chunk, record) != leaves[chunk])
                return fail(ErrorCode::conflict, file.string() +
                                                     " is no longer what was registered: chunk " +
                                                     std::to_string(chunk) + " differs");
            apply_key(cipher, chunk, record);
            ct_leaves[chunk] = fx1::ciphertext_leaf(chunk, record);
            own.made.insert(own.made.end(), record.begin(), record.end());
            left = left.subspan(bytes);
        }
        TRY(write_at(own.out, own.out_name, shape.ciphertext_at(block.first), own.made));
        progress.add(own.taken.size());
        return {};
    };
    TRY(run_blocks<Hands>(blocks_of(shape), [&] { return hands(file, ciphertext); }, work));
    progress.end();
    return ct_leaves;
}

Result<std::optional<u64>> check_ciphertext(const std::filesystem::path& ciphertext,
                                            const DatasetShape& shape,
                                            std::span<const Hash> ct_leaves, Progress& progress) {
    TRY(need_length(ciphertext, shape.ciphertext_bytes()));
    progress.begin("checking", shape.ciphertext_bytes());
    FirstFound bad;
    const auto work = [&](Hands& own, u64 number) -> Status {
        const Block block = block_at(shape, number);
        own.taken.resize(ciphertext_bytes(shape, block));
        TRY(read_at(own.in, own.in_name, shape.ciphertext_at(block.first), own.taken));
        std::span<const u8> left = own.taken;
        std::vector<ByteView> records;
        for (u64 chunk = block.first; chunk < block.first + block.count; ++chunk) {
            const std::size_t bytes = shape.data_bytes(chunk) + fx1::salt_bytes;
            records.push_back(left.first(bytes));
            left = left.subspan(bytes);
        }
        std::vector<Hash> found(records.size());
        fx1::ciphertext_leaves(block.first, records, found);
        for (u64 i = 0; i < block.count; ++i)
            if (found[i] != ct_leaves[block.first + i]) bad.add(block.first + i);
        progress.add(own.taken.size());
        return {};
    };
    TRY(run_blocks<Hands>(blocks_of(shape), [&] { return hands(ciphertext, {}); }, work));
    progress.end();
    return bad.get();
}

Result<std::optional<u64>> open_ciphertext(const std::filesystem::path& ciphertext,
                                           const std::filesystem::path& data,
                                           const DatasetShape& shape, const OrderCipher& cipher,
                                           std::span<const Hash> leaves, std::vector<Hash>* salts,
                                           Progress& progress) {
    TRY(need_length(ciphertext, shape.ciphertext_bytes()));
    if (!data.empty()) TRY(lay_out(data, shape.byte_len));
    if (salts) salts->assign(shape.n(), Hash{});
    progress.begin("decrypting", shape.byte_len);
    FirstFound bad;
    const auto work = [&](Hands& own, u64 number) -> Status {
        const Block block = block_at(shape, number);
        own.taken.resize(ciphertext_bytes(shape, block));
        TRY(read_at(own.in, own.in_name, shape.ciphertext_at(block.first), own.taken));
        own.made.clear();
        std::span<u8> left = own.taken;
        for (u64 chunk = block.first; chunk < block.first + block.count; ++chunk) {
            const std::span<u8> record = left.first(shape.data_bytes(chunk) + fx1::salt_bytes);
            apply_key(cipher, chunk, record);
            if (fx1::data_leaf(shape.registrant.bytes, chunk, record) != leaves[chunk])
                bad.add(chunk);
            if (salts) std::copy_n(record.begin(), fx1::salt_bytes, (*salts)[chunk].begin());
            own.made.insert(own.made.end(), record.begin() + fx1::salt_bytes, record.end());
            left = left.subspan(record.size());
        }
        if (!data.empty())
            TRY(write_at(own.out, own.out_name, block.first * shape.chunk_size, own.made));
        progress.add(own.made.size());
        return {};
    };
    TRY(run_blocks<Hands>(blocks_of(shape), [&] { return hands(ciphertext, data); }, work));
    progress.end();
    return bad.get();
}

Result<Bytes> read_range(const std::filesystem::path& file, u64 from, std::size_t length) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return stream_error("read", file);
    Bytes bytes(length);
    TRY(read_at(in, file, from, bytes));
    return bytes;
}

}  // namespace jangbu::client
