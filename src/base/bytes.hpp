// Bounded reading and writing of network-order bytes. Every codec in wire/ goes through these two; nothing else in the
// program walks a pointer over what came from the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fdnprobe {

/// Reads from the front of bytes that somebody else owns. A read past the end gives nothing and moves nothing.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : all_(bytes) {}

    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] std::size_t remaining() const { return all_.size() - position_; }
    /// Everything, from the beginning: DNS names point backwards.
    [[nodiscard]] std::string_view all() const { return all_; }

    std::optional<std::uint8_t> u8() { return integer<std::uint8_t>(); }
    std::optional<std::uint16_t> u16() { return integer<std::uint16_t>(); }
    std::optional<std::uint32_t> u32() { return integer<std::uint32_t>(); }
    std::optional<std::uint64_t> u64() { return integer<std::uint64_t>(); }
    std::optional<std::string_view> take(std::size_t count) {
        if (count > remaining()) return std::nullopt;
        const std::string_view bytes = all_.substr(position_, count);
        position_ += count;
        return bytes;
    }
    bool skip(std::size_t count) { return take(count).has_value(); }

  private:
    template <class Integer>
    std::optional<Integer> integer() {
        const auto bytes = take(sizeof(Integer));
        if (!bytes) return std::nullopt;
        std::uint64_t value = 0;
        for (const char byte : *bytes) value = (value << 8U) | static_cast<unsigned char>(byte);
        return static_cast<Integer>(value);
    }

    std::string_view all_;
    std::size_t position_ = 0;
};

/// Appends to a string of bytes.
class ByteWriter {
  public:
    void u8(std::uint8_t value) { bytes_ += static_cast<char>(value); }
    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value >> 8U));
        u8(static_cast<std::uint8_t>(value & 0xFFU));
    }
    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value >> 16U));
        u16(static_cast<std::uint16_t>(value & 0xFFFFU));
    }
    void u64(std::uint64_t value) {
        u32(static_cast<std::uint32_t>(value >> 32U));
        u32(static_cast<std::uint32_t>(value & 0xFFFFFFFFU));
    }
    void append(std::string_view bytes) { bytes_ += bytes; }
    void zeros(std::size_t count) { bytes_.append(count, '\0'); }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

}  // namespace fdnprobe
