#include "report/json_resolvers.hpp"

#include "report/shown.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::report {
namespace {

Json json_answer(const DnsAnswer& answer) {
    Json object;
    object["at_ms"] = json_milliseconds(answer.at);
    object["rcode"] = wire::dns::rcode_name(answer.rcode);
    object["addresses"] = Json::array();
    for (const Address& address : answer.addresses) object["addresses"].push_back(address.to_string());
    return object;
}

Json json_question(const DnsQuestion& question, bool blackhole) {
    Json object;
    object["resolver"] = question.resolver.to_string();
    if (blackhole) object["blackhole"] = true;
    object["transport"] = json_code(to_string(question.transport));
    object["name"] = shown_name(question.name);
    object["type"] = wire::dns::type_name(question.type);
    object["at_ms"] = json_milliseconds(question.at);
    object["answers"] = Json::array();
    for (const DnsAnswer& answer : question.answers) object["answers"].push_back(json_answer(answer));
    object["truncated"] = question.truncated;
    if (question.cut_short) object["cut_short"] = true;
    if (question.error != 0) object["error"] = question.error;
    if (question.error_from) object["error_from"] = question.error_from->to_string();
    set_if_any(object, "malformed", question.malformed);
    return object;
}

}  // namespace

Json json_resolvers(const ResolverFacts& facts) {
    Json list = Json::array();
    for (const DnsQuestion& question : facts.questions) list.push_back(json_question(question, false));
    for (const DnsQuestion& question : facts.blackhole) list.push_back(json_question(question, true));
    return list;
}

}  // namespace fdnprobe::report
