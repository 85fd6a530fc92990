#include "web/routes.hpp"

#include "web/page.hpp"

namespace fdnprobe::web {
namespace {

constexpr std::string_view rows = "/rows/";

}  // namespace

Route route_of(std::string_view path) {
    if (path == "/") return Route::page;
    if (path == "/api/v1/report") return Route::report;
    if (path == "/api/v1/history") return Route::history;
    if (path == "/api/v1/events") return Route::events;
    if (path == "/healthz") return Route::alive;
    if (path == "/readyz") return Route::ready;
    if (path == "/metrics") return Route::metrics;
    if (path.starts_with(rows) && path.size() > rows.size()) return Route::row;
    for (const Asset& asset : assets())
        if (asset.path == path) return Route::asset;
    return Route::nothing;
}

std::string_view row_of(std::string_view path) {
    return path.starts_with(rows) ? path.substr(rows.size()) : std::string_view();
}

bool is_open_to_all(Route route) { return route == Route::alive || route == Route::ready; }

Work work_of(Route route, bool has_history) {
    switch (route) {
        case Route::page:
        case Route::row:
        case Route::history: return has_history ? Work::history : Work::heavy;
        case Route::report:
        case Route::metrics: return Work::heavy;
        case Route::asset:
        case Route::events:
        case Route::alive:
        case Route::ready:
        case Route::nothing: break;
    }
    return Work::light;
}

}  // namespace fdnprobe::web
