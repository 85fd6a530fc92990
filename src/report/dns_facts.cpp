#include "report/dns_facts.hpp"

#include <algorithm>

#include "report/shown.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::report {
namespace {

void add_once(std::vector<std::string>& list, std::string item) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

std::optional<wire::dns::Message> answer_of(const CheckResult& result) {
    const Attempt* attempt = telling_attempt(result);
    if (attempt == nullptr) return std::nullopt;
    if (result.check.transport() == Transport::tcp) {
        const std::string stream = attempt->received_bytes();
        const auto bytes = wire::dns::unframe(stream);
        const auto message = bytes ? wire::dns::decode(*bytes) : tl::make_unexpected(std::string());
        return message ? std::optional(*message) : std::nullopt;
    }
    // Of several datagrams the last that is DNS counts: what came before it was not accepted as the answer.
    for (auto event = attempt->evidence.rbegin(); event != attempt->evidence.rend(); ++event) {
        if (event->what != What::received) continue;
        const auto message = wire::dns::decode(event->text);
        if (message && message->response) return *message;
    }
    return std::nullopt;
}

std::optional<DnsFacts> tested_server_said(const CheckResult& result) {
    const auto message = answer_of(result);
    if (!message) return std::nullopt;
    DnsFacts facts;
    facts.rcode = wire::dns::rcode_name(message->rcode);
    for (const wire::dns::Record& record : message->answers) {
        if (record.address) add_once(facts.answers, record.address->to_string());
        if (!record.target.empty()) add_once(facts.answers, record.target);
    }
    return facts;
}

std::optional<DnsFacts> resolver_said(const CheckResult& result) {
    DnsFacts facts;
    bool asked = false;
    for (const Attempt& attempt : result.attempts) {
        for (const Event& event : attempt.evidence) {
            if (event.stage == Stage::proxy) continue;  // the proxy's name is not the check's
            switch (event.what) {
                case What::resolve_answer:
                    asked = true;
                    if (event.from) add_once(facts.answers, event.from->to_string());
                    break;
                case What::resolve_rcode:
                    asked = true;
                    facts.rcode = wire::dns::rcode_name(event.code);
                    break;
                case What::resolve_no_data:
                    asked = true;
                    if (facts.rcode.empty()) facts.rcode = wire::dns::rcode_name(wire::dns::rcode_noerror);
                    break;
                case What::resolve_malformed:
                case What::resolve_error:
                case What::resolve_timeout: asked = true; break;
                default: break;
            }
        }
    }
    if (!asked) return std::nullopt;
    // An address came with NOERROR, whatever was said to the question for the other family.
    if (!facts.answers.empty()) facts.rcode = wire::dns::rcode_name(wire::dns::rcode_noerror);
    return facts;
}

}  // namespace

std::optional<DnsFacts> dns_facts(const CheckResult& result) {
    if (result.check.probe == "dns" || result.check.probe == "dot")
        if (auto facts = tested_server_said(result)) return facts;
    return resolver_said(result);
}

}  // namespace fdnprobe::report
