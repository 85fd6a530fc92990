// A check: one probe of one endpoint and port, for one row; and what became of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/evidence.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

struct Check {
    std::string id;       ///< TABLE/ROW/PORT/PROBE/HOST, the same in every run
    std::size_t row = 0;  ///< index into the plan's rows
    Level level = Level::need;
    std::string alternative;
    std::string host;  ///< name or address; empty: the peer's address is not known
    bool host_is_address = false;
    std::vector<Address> pinned;  ///< not empty: where the host is, no name is resolved
    Port port;                    ///< as the table names it
    std::uint16_t dial_port = 0;  ///< as the site has it
    std::string probe;
    ProbeOptions options;
    Trust trust;
    bool ocsp_stapled = false;
    std::string server_name;   ///< for TLS and HTTP; empty: an address, no name
    bool public_name = false;  ///< the host is the table's own: a private answer for it is a sinkhole
    std::string note;
    std::optional<Cause> skip;  ///< why it is not tried
    std::string skip_reason;    ///< one sentence
};

/// What all attempts of a check come to.
struct Conclusion {
    Verdict verdict = Verdict::local;
    Cause cause = Cause::internal;
    Stage stage = Stage::plan;
    Confidence confidence = Confidence::proven;
    Owner owner = Owner::unknown;
    std::string summary;  ///< one sentence, escaped
    std::optional<std::string> advice;
    std::vector<std::string> warnings;
    std::optional<Where> where;
    std::optional<std::size_t> attempt;  ///< the attempt it rests on
};

struct CheckResult {
    Check check;
    std::vector<Attempt> attempts;
    Conclusion conclusion;
};

}  // namespace fdnprobe
