// The question that a check asks a DNS server, and the dialogue that asks it over a stream (TCP, TLS).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fdnprobe/check.hpp"
#include "probes/probe.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::probes {

[[nodiscard]] bool accepts_question(const OptionValue& value);
[[nodiscard]] bool accepts_type(const OptionValue& value);
/// The options of every probe that asks a DNS question.
inline constexpr std::array dns_options{
    ProbeOption{"question", "a domain name", accepts_question},
    ProbeOption{"type", "\"A\" or \"AAAA\"", accepts_type},
};

struct DnsQuestion {
    std::string name;
    std::uint16_t type = wire::dns::type_a;
    bool is_public = false;  ///< the whole world gets the same kind of answer: a private address is none
};
[[nodiscard]] DnsQuestion dns_question(const Check& check);

/// The question as a message; the seed makes its id.
[[nodiscard]] std::string dns_query(const Check& check, std::uint64_t seed);

enum class Inside : std::uint8_t { tcp, tls };
/// Asks, and reads until the whole frame is there.
[[nodiscard]] std::unique_ptr<Dialogue> ask_over_stream(const Check& check, std::uint64_t seed, Inside inside);

}  // namespace fdnprobe::probes
