#include "web/answer.hpp"

#include "report/json_library.hpp"
#include "web/page.hpp"

namespace fdnprobe::web {

Answer refusal(std::string_view path, int status, std::string_view what) {
    Answer answer;
    answer.status = status;
    if (path.starts_with("/api/")) {
        answer.content_type = json_type;
        // Sentences that quote a client may hold anything; a reader of JSON gets UTF-8 whatever they hold.
        answer.body = nlohmann::ordered_json{{"error", std::string(what)}}.dump(
                          -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                      "\n";
    } else if (path == "/healthz" || path == "/readyz" || path == "/metrics") {
        answer.body = std::string(what) + "\n";
    } else {
        answer.content_type = html_type;
        answer.body = page_of_error(status, what);
    }
    return answer;
}

Answer busy(std::string_view path, std::string_view what) {
    Answer answer = refusal(path, 503, what);
    answer.headers.emplace_back("Retry-After", "2");
    return answer;
}

}  // namespace fdnprobe::web
