#include "report/trace_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>

#include "judge/judge.hpp"
#include "judge/relate.hpp"
#include "parsed.hpp"
#include "probes/registry.hpp"
#include "probes/responder.hpp"

namespace trace_file {
namespace {

using report::Json;

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("not a trace: " + what); }

template <class Enum>
Enum enumerator_from(const Json& code) {
    return enumerator<Enum>(code.get_ref<const std::string&>());
}

std::string from_base64(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char letter : text.substr(0, text.find('='))) {
        const std::size_t value = alphabet.find(letter);
        if (value == std::string_view::npos) refuse("base64 with '" + std::string(1, letter) + "'");
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> count) & 0xFFU);
    }
    return bytes;
}

std::string text_from(const Json& value) {
    constexpr std::string_view mark = "base64:";
    const auto text = value.get<std::string>();
    return text.starts_with(mark) ? from_base64(std::string_view(text).substr(mark.size())) : text;
}

/// Empty where the key is absent, as everything else that goes without saying.
std::string text_at(const Json& object, const char* key) {
    return object.contains(key) ? text_from(object.at(key)) : std::string();
}

std::vector<std::string> texts_from(const Json& list) {
    std::vector<std::string> texts;
    for (const Json& text : list) texts.push_back(text_from(text));
    return texts;
}

std::vector<std::string> texts_at(const Json& object, const char* key) {
    return object.contains(key) ? texts_from(object.at(key)) : std::vector<std::string>();
}

bool flag_at(const Json& object, const char* key) { return object.value(key, false); }
std::int32_t number_at(const Json& object, const char* key) { return object.value(key, 0); }

std::chrono::nanoseconds span_at(const Json& object, const char* key) {
    return std::chrono::nanoseconds(object.at(key).get<std::int64_t>());
}

Address address_from(const Json& value) {
    const auto address = Address::parse(value.get<std::string>());
    if (!address) refuse("address " + value.dump());
    return *address;
}

std::optional<Address> address_at(const Json& object, const char* key) {
    return object.contains(key) ? std::optional(address_from(object.at(key))) : std::nullopt;
}

/// Where there are no ports (ESP, Ethernet) the port is 0, which nobody else may write.
SocketAddress end_from(const Json& value) {
    const auto text = value.get<std::string>();
    const auto end = text.ends_with(":0") ? SocketAddress::parse(text.substr(0, text.size() - 1) + "1", 0)
                                          : SocketAddress::parse(text, 0);
    if (!end) refuse("address and port " + value.dump());
    return {end->address, text.ends_with(":0") ? std::uint16_t{0} : end->port};
}

std::optional<SocketAddress> end_at(const Json& object, const char* key) {
    return object.contains(key) ? std::optional(end_from(object.at(key))) : std::nullopt;
}

std::optional<HardwareAddress> hardware_at(const Json& object, const char* key) {
    if (!object.contains(key)) return std::nullopt;
    HardwareAddress address;
    std::array<unsigned, 6> bytes{};
    const auto text = object.at(key).get<std::string>();
    if (std::sscanf(text.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x", bytes.data(), &bytes[1], &bytes[2], &bytes[3], &bytes[4],
                    &bytes[5]) != 6)
        refuse("hardware address " + text);
    for (std::size_t index = 0; index < bytes.size(); ++index)
        address.bytes[index] = static_cast<std::uint8_t>(bytes[index]);
    return address;
}

Port port_from(const Json& value) {
    const auto port = Port::parse(value.get<std::string>());
    if (!port) refuse("port " + value.dump());
    return *port;
}

/// `2026-11-20T06:25:00Z`, with or without thousandths of a second.
std::chrono::sys_time<std::chrono::milliseconds> time_from(const Json& value) {
    const auto text = value.get<std::string>();
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    int thousandths = 0;
    const int fields = std::sscanf(text.c_str(), "%d-%2u-%2uT%2d:%2d:%2d.%3dZ", &year, &month, &day, &hours, &minutes,
                                   &seconds, &thousandths);
    if (fields < 6) refuse("time " + text);
    const std::chrono::sys_days date = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
    return date + std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds) +
           std::chrono::milliseconds(thousandths);
}

std::chrono::sys_seconds seconds_at(const Json& object, const char* key) {
    return std::chrono::floor<std::chrono::seconds>(time_from(object.at(key)));
}

std::optional<Where> where_at(const Json& object) {
    if (!object.contains("where")) return std::nullopt;
    const Json& place = object.at("where");
    Where where;
    if (place.contains("hop")) where.hop = place.at("hop").get<int>();
    where.address = address_at(place, "address");
    if (place.contains("destination_hop")) where.destination_hop = place.at("destination_hop").get<int>();
    return where;
}

Event event_from(const Json& object) {
    Event event;
    event.at = span_at(object, "at_ns");
    event.stage = enumerator_from<Stage>(object.at("stage"));
    event.what = enumerator_from<What>(object.at("what"));
    event.code = number_at(object, "code");
    event.detail = number_at(object, "detail");
    event.from = address_at(object, "from");
    event.hardware = hardware_at(object, "hardware");
    event.text = text_at(object, "text");
    return event;
}

CertificateFacts certificate_from(const Json& object) {
    CertificateFacts certificate;
    certificate.subject = text_at(object, "subject");
    certificate.issuer = text_at(object, "issuer");
    certificate.subject_name = text_at(object, "subject_name");
    certificate.issuer_name = text_at(object, "issuer_name");
    certificate.names = texts_from(object.at("names"));
    certificate.not_before = seconds_at(object, "not_before");
    certificate.not_after = seconds_at(object, "not_after");
    certificate.sha256 = text_at(object, "sha256");
    certificate.key_sha256 = text_at(object, "key_sha256");
    certificate.self_signed = flag_at(object, "self_signed");
    return certificate;
}

TlsFacts tls_from(const Json& object) {
    TlsFacts tls;
    tls.version = text_at(object, "version");
    tls.cipher = text_at(object, "cipher");
    tls.alpn = text_at(object, "alpn");
    tls.server_name = text_at(object, "server_name");
    for (const Json& certificate : object.at("chain")) tls.chain.push_back(certificate_from(certificate));
    tls.public_chain = flag_at(object, "public_chain");
    tls.public_anchor = text_at(object, "public_anchor");
    tls.anchor_retired = text_at(object, "anchor_retired");
    tls.host_anchor = text_at(object, "host_anchor");
    tls.fortinet_chain = enumerator_from<FortinetChain>(object.at("fortinet_chain"));
    tls.fortinet_anchor = text_at(object, "fortinet_anchor");
    tls.issuer_key_sha256 = text_at(object, "issuer_key_sha256");
    tls.inspection_ca = text_at(object, "inspection_ca");
    tls.verify_error = text_at(object, "verify_error");
    tls.name_matches = flag_at(object, "name_matches");
    tls.seen_at = seconds_at(object, "seen_at");
    tls.staple = enumerator_from<Staple>(object.at("staple"));
    if (object.contains("staple_from")) tls.staple_from = seconds_at(object, "staple_from");
    if (object.contains("staple_until")) tls.staple_until = seconds_at(object, "staple_until");
    tls.client_certificate_requested = flag_at(object, "client_certificate_requested");
    tls.complete = flag_at(object, "complete");
    return tls;
}

Timing timing_from(const Json& object) {
    Timing timing;
    timing.resolve = span_at(object, "resolve_ns");
    timing.connect = span_at(object, "connect_ns");
    timing.tls = span_at(object, "tls_ns");
    timing.exchange = span_at(object, "exchange_ns");
    timing.total = span_at(object, "total_ns");
    return timing;
}

HopProbe probe_from(const Json& object) {
    HopProbe probe;
    probe.hop = object.at("hop").get<std::int32_t>();
    probe.answer = enumerator_from<HopAnswer>(object.at("answer"));
    probe.from = address_at(object, "from");
    probe.type = number_at(object, "type");
    probe.code = number_at(object, "code");
    probe.at = span_at(object, "at_ns");
    probe.took = span_at(object, "took_ns");
    return probe;
}

Flow flow_from(const Json& object) {
    Flow flow;
    flow.transport = enumerator_from<Transport>(object.at("transport"));
    flow.destination = end_from(object.at("destination"));
    flow.source_port = object.at("source_port").get<std::uint16_t>();
    for (const Json& probe : object.at("probes")) flow.probes.push_back(probe_from(probe));
    return flow;
}

PathFacts path_from(const Json& object) {
    PathFacts path;
    path.tested = flow_from(object.at("tested"));
    if (object.contains("control")) path.control = flow_from(object.at("control"));
    path.control_is = text_at(object, "control_is");
    path.complete = object.at("complete").get<bool>();
    path.missing = text_at(object, "missing");
    return path;
}

Finding finding_from(const Json& object) {
    Finding finding;
    finding.cause = enumerator_from<Cause>(object.at("cause"));
    finding.stage = enumerator_from<Stage>(object.at("stage"));
    finding.confidence = enumerator_from<Confidence>(object.at("confidence"));
    finding.owner = enumerator_from<Owner>(object.at("owner"));
    finding.detail = text_at(object, "detail");
    finding.where = where_at(object);
    finding.warnings = texts_at(object, "warnings");
    return finding;
}

// NOLINTNEXTLINE(misc-no-recursion): a comparison is an attempt, which has none of its own
Attempt attempt_from(const Json& object) {
    Attempt attempt;
    attempt.destination = end_at(object, "destination");
    attempt.local = end_at(object, "local");
    attempt.proxy = end_at(object, "proxy");
    for (const Json& event : object.at("evidence")) attempt.evidence.push_back(event_from(event));
    if (object.contains("tls")) attempt.tls = std::make_shared<const TlsFacts>(tls_from(object.at("tls")));
    attempt.timing = timing_from(object.at("timing"));
    attempt.responder = flag_at(object, "responder");
    attempt.abandoned = flag_at(object, "abandoned");
    if (object.contains("path")) attempt.path = std::make_shared<const PathFacts>(path_from(object.at("path")));
    for (const Json& one : object.value("comparisons", Json::array())) {
        Comparison& comparison = attempt.comparisons.emplace_back();
        comparison.change = enumerator_from<Change>(one.at("change"));
        comparison.with = text_at(one, "with");
        comparison.attempt = attempt_from(one.at("attempt"));
    }
    attempt.finding = finding_from(object.at("finding"));
    return attempt;
}

OptionValue option_from(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number_float()) return value.get<double>();
    return text_from(value);
}

std::shared_ptr<const KnownIdentity> known_from(const Json& object) {
    KnownIdentity known;
    known.issuer = text_at(object, "issuer");
    known.issuer_name = text_at(object, "issuer_name");
    known.issuer_key_sha256 = text_at(object, "issuer_key_sha256");
    known.key_sha256 = text_at(object, "key_sha256");
    return std::make_shared<const KnownIdentity>(std::move(known));
}

/// A trace names secrets and does not hold them. Whether there was one matters where its value does not.
std::shared_ptr<const Secrets> secrets_from(const Json& names, const Secrets& at_hand) {
    Secrets secrets;
    for (const std::string& name : texts_from(names)) {
        const auto found = at_hand.find(name);
        secrets[name] = found == at_hand.end() ? "withheld" : found->second;
    }
    return std::make_shared<const Secrets>(std::move(secrets));
}

std::shared_ptr<const AdviceByCode> advice_from(const Json& object) {
    AdviceByCode advice;
    for (const auto& [code, entries] : object.items())
        for (const Json& entry : entries) {
            ProductAdvice& one = advice[code].emplace_back();
            one.say = text_at(entry, "say");
            one.commands = texts_at(entry, "commands");
            for (const Json& releases : entry.value("releases", Json::array()))
                one.releases.push_back(
                    {text_at(releases, "product"), text_at(releases, "from"), text_at(releases, "to")});
        }
    return std::make_shared<const AdviceByCode>(std::move(advice));
}

std::vector<CommandBlock> commands_from(const Json& list) {
    std::vector<CommandBlock> blocks;
    for (const Json& block : list) blocks.push_back({text_at(block, "releases"), texts_at(block, "lines")});
    return blocks;
}

/// http://HOST:PORT.
ProxyAddress proxy_from(const std::string& url) {
    constexpr std::string_view scheme = "http://";
    const auto place = parse_place(std::string_view(url).substr(scheme.size()));
    return ProxyAddress{{}, place.value().host, place.value().port.value()};
}

Check check_from(const Json& object, const Secrets& at_hand) {
    Check check;
    check.id = text_at(object, "id");
    check.row = object.at("row").get<std::size_t>();
    check.direction = enumerator_from<Direction>(object.at("direction"));
    check.level = enumerator_from<Level>(object.at("level"));
    check.alternative = text_at(object, "alternative");
    check.host = text_at(object, "host");
    check.host_is_address = flag_at(object, "host_is_address");
    for (const Json& address : object.value("pinned", Json::array())) check.pinned.push_back(address_from(address));
    check.port = port_from(object.at("port"));
    check.dial_port = object.at("dial_port").get<std::uint16_t>();
    if (object.contains("dial_transport"))
        check.dial_transport = enumerator_from<Transport>(object.at("dial_transport"));
    check.probe = text_at(object, "probe");
    const Json options = object.value("options", Json::object());
    for (const auto& [name, value] : options.items()) check.options[name] = option_from(value);
    for (const Json& word : object.at("trust")) {
        check.trust.public_ca |= word == "public";
        check.trust.fortinet |= word == "fortinet";
        check.trust.any |= word == "any";
    }
    if (flag_at(object, "ocsp_expected")) check.ocsp = Stapling::expected;
    if (flag_at(object, "ocsp_stapled")) check.ocsp = Stapling::demanded;
    check.choice = flag_at(object, "choice");
    check.vendor_host = flag_at(object, "vendor_host");
    if (object.contains("block_pages")) {
        BlockPages pages;
        for (const Json& page : object.at("block_pages"))
            pages.push_back({address_from(page.at("address")), text_at(page, "name"), text_at(page, "certificate")});
        check.block_pages = std::make_shared<const BlockPages>(std::move(pages));
    }
    check.signer = text_at(object, "signer");
    if (object.contains("known")) check.known = known_from(object.at("known"));
    check.server_name = text_at(object, "server_name");
    check.public_name = flag_at(object, "public_name");
    check.note = text_at(object, "note");
    if (object.contains("skip")) check.skip = enumerator_from<Cause>(object.at("skip"));
    check.skip_reason = text_at(object, "skip_reason");
    check.permitted = flag_at(object, "permitted");
    check.for_others = flag_at(object, "for_others");
    if (object.contains("in_use")) check.in_use = port_from(object.at("in_use"));
    check.condition = text_at(object, "condition");
    if (object.contains("proxy")) check.proxy = proxy_from(text_from(object.at("proxy")));
    if (object.contains("product_advice")) check.advice = advice_from(object.at("product_advice"));
    if (object.contains("secrets")) check.secrets = secrets_from(object.at("secrets"), at_hand);
    return check;
}

Conclusion conclusion_from(const Json& object) {
    Conclusion conclusion;
    conclusion.verdict = enumerator_from<Verdict>(object.at("verdict"));
    conclusion.cause = enumerator_from<Cause>(object.at("cause"));
    conclusion.stage = enumerator_from<Stage>(object.at("stage"));
    conclusion.confidence = enumerator_from<Confidence>(object.at("confidence"));
    conclusion.owner = enumerator_from<Owner>(object.at("owner"));
    conclusion.summary = text_at(object, "summary");
    if (object.contains("advice")) conclusion.advice = text_from(object.at("advice"));
    if (object.contains("commands")) conclusion.commands = commands_from(object.at("commands"));
    conclusion.warnings = texts_at(object, "warnings");
    conclusion.where = where_at(object);
    if (object.contains("attempt")) conclusion.attempt = object.at("attempt").get<std::size_t>();
    if (object.contains("reason")) conclusion.reason = object.at("reason").get<std::size_t>();
    return conclusion;
}

RowResult row_from(const Json& object) {
    RowResult result;
    Row& row = result.row;
    row.table = text_at(object, "table");
    row.id = text_at(object, "id");
    row.direction = enumerator_from<Direction>(object.at("direction"));
    row.section = text_at(object, "section");
    row.product = text_at(object, "product");
    row.peer = text_at(object, "peer");
    row.purpose = text_at(object, "purpose");
    row.ports = text_at(object, "ports");
    for (const Json& port : object.at("port_list")) row.port_list.push_back(port_from(port));
    row.need = enumerator_from<Need>(object.at("need"));
    row.note = text_at(object, "note");
    result.state = enumerator_from<State>(object.at("state"));
    result.checks = object.at("checks").get<std::vector<std::size_t>>();
    return result;
}

Reason reason_from(const Json& object) {
    Reason reason;
    reason.code = text_at(object, "code");
    reason.summary = text_at(object, "summary");
    reason.rests_on = texts_from(object.at("rests_on"));
    reason.advice = text_at(object, "advice");
    if (object.contains("commands")) reason.commands = commands_from(object.at("commands"));
    reason.confidence = enumerator_from<Confidence>(object.at("confidence"));
    reason.owner = enumerator_from<Owner>(object.at("owner"));
    reason.where = where_at(object);
    reason.checks = object.at("checks").get<std::vector<std::size_t>>();
    return reason;
}

DnsQuestion question_from(const Json& object) {
    DnsQuestion question;
    question.resolver = end_from(object.at("resolver"));
    question.transport = enumerator_from<Transport>(object.at("transport"));
    question.name = text_at(object, "name");
    question.type = object.at("type").get<std::int32_t>();
    question.at = span_at(object, "at_ns");
    for (const Json& one : object.at("answers")) {
        DnsAnswer& answer = question.answers.emplace_back();
        answer.at = span_at(one, "at_ns");
        answer.rcode = one.at("rcode").get<std::int32_t>();
        for (const Json& address : one.at("addresses")) answer.addresses.push_back(address_from(address));
    }
    question.truncated = flag_at(object, "truncated");
    question.error = number_at(object, "error");
    question.error_from = address_at(object, "error_from");
    question.malformed = text_at(object, "malformed");
    question.cut_short = flag_at(object, "cut_short");
    return question;
}

/// What it takes to judge this check was not given.
bool lacks_secret(const CheckResult& result, const Secrets& at_hand) {
    if (result.check.secrets == nullptr) return false;
    const auto lacks = [&](std::string_view name) {
        return !name.empty() && result.check.secrets->contains(name) && !at_hand.contains(name);
    };
    const probes::Probe* const probe = probes::find(result.check.probe);
    if (probe != nullptr && lacks(probe->description.secret)) return true;
    for (const Attempt& attempt : result.attempts)
        if (attempt.responder && lacks(probes::responder_secret)) return true;
    return false;
}

}  // namespace

Trace read(const std::string& text, const Secrets& at_hand) {
    const Json document = report::parsed(text);
    if (document.at("schema") != "fdnprobe.trace/1") refuse("schema " + document.at("schema").dump());
    Trace trace;
    Report& report = trace.report;
    report.version = text_from(document.at("program").at("version"));
    report.started = time_from(document.at("started"));
    report.elapsed = span_at(document, "elapsed_ns");
    const Json& vantage = document.at("vantage");
    report.vantage.host = text_at(vantage, "host");
    report.vantage.site = text_at(vantage, "site");
    report.vantage.resolvers = texts_from(vantage.at("resolvers"));
    if (vantage.contains("proxy")) report.vantage.proxy = text_from(vantage.at("proxy"));
    report.interrupted = flag_at(document, "interrupted");
    for (const Json& row : document.at("rows")) report.rows.push_back(row_from(row));
    for (const Json& one : document.at("checks")) {
        CheckResult& result = report.checks.emplace_back();
        result.check = check_from(one.at("check"), at_hand);
        for (const Json& attempt : one.at("attempts")) result.attempts.push_back(attempt_from(attempt));
        result.conclusion = conclusion_from(one.at("conclusion"));
        trace.withheld.push_back(lacks_secret(result, at_hand));
    }
    for (const Json& reason : document.at("reasons")) report.reasons.push_back(reason_from(reason));
    const Json& resolvers = document.at("resolvers");
    for (const Json& question : resolvers.at("questions"))
        report.resolvers.questions.push_back(question_from(question));
    for (const Json& question : resolvers.at("blackhole"))
        report.resolvers.blackhole.push_back(question_from(question));
    return trace;
}

Report judge_again(const Trace& trace) {
    Report report = trace.report;
    report.reasons.clear();
    for (std::size_t index = 0; index < report.checks.size(); ++index) {
        CheckResult& result = report.checks[index];
        if (trace.withheld[index]) {
            result.conclusion.reason.reset();
            continue;
        }
        for (Attempt& attempt : result.attempts) attempt.finding = {};
        if (result.check.skip)
            result.conclusion = judge::conclude_skipped(result.check);
        else if (result.attempts.empty())
            result.conclusion = judge::conclude_interrupted(result.check);
        else
            result.conclusion = judge::conclude(result.check, result.attempts);
    }
    judge::settle_choices(report);
    judge::relate(report);
    judge::settle_choices(report);
    for (RowResult& row : report.rows) {
        std::vector<const CheckResult*> checks;
        for (const std::size_t index : row.checks) checks.push_back(&report.checks.at(index));
        row.state = judge::roll_up(row.row, checks);
    }
    return report;
}

namespace {

std::string spell(const std::optional<Where>& where) {
    if (!where || *where == Where{}) return "nowhere";
    const auto number = [](const std::optional<int>& value) { return value ? std::to_string(*value) : "?"; };
    return "hop " + number(where->hop) + " of " + number(where->destination_hop) + ", " +
           (where->address ? where->address->to_string() : "no address");
}

std::string spell(const Report& report, const Conclusion& conclusion) {
    std::string text;
    for (const std::string_view word :
         {to_string(conclusion.verdict), to_string(conclusion.cause), to_string(conclusion.stage),
          to_string(conclusion.confidence), to_string(conclusion.owner)})
        text += std::string(word) + ", ";
    text += spell(conclusion.where);
    if (conclusion.reason) text += ", for " + report.reasons.at(*conclusion.reason).code;
    return text;
}

std::string spell(const Reason& reason) {
    std::string text = reason.code + ", " + std::string(to_string(reason.confidence)) + ", " +
                       std::string(to_string(reason.owner)) + ", " + spell(reason.where) + ", of";
    for (const std::size_t index : reason.checks) text += " " + std::to_string(index);
    return text;
}

}  // namespace

std::vector<std::string> differences(const Report& recorded, const Report& again) {
    std::vector<std::string> lines;
    const auto compare = [&](const std::string& of, const std::string& then, const std::string& now) {
        if (then != now) lines.push_back(of + ": was " + then + "; is " + now);
    };
    for (std::size_t index = 0; index < recorded.checks.size(); ++index)
        compare(recorded.checks[index].check.id, spell(recorded, recorded.checks[index].conclusion),
                spell(again, again.checks[index].conclusion));
    const std::size_t reasons = std::max(recorded.reasons.size(), again.reasons.size());
    for (std::size_t index = 0; index < reasons; ++index)
        compare("reason " + std::to_string(index),
                index < recorded.reasons.size() ? spell(recorded.reasons[index]) : "none",
                index < again.reasons.size() ? spell(again.reasons[index]) : "none");
    for (std::size_t index = 0; index < recorded.rows.size(); ++index)
        compare(recorded.rows[index].row.full_id(), std::string(to_string(recorded.rows[index].state)),
                std::string(to_string(again.rows[index].state)));
    return lines;
}

}  // namespace trace_file
