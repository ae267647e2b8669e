#include "api/common/sse.hpp"

namespace attune::api {

std::string sse_message(std::string_view data, std::string_view event, std::string_view id) {
    std::string out;
    out.reserve(data.size() + event.size() + 32);
    if (!id.empty()) out.append("id: ").append(id).append("\n");
    if (!event.empty()) out.append("event: ").append(event).append("\n");
    out += "data: ";
    for (std::size_t i = 0; i < data.size(); ++i) {
        if (data[i] == '\r') {
            if (i + 1 < data.size() && data[i + 1] == '\n') ++i;
            out += "\ndata: ";
        } else if (data[i] == '\n') {
            out += "\ndata: ";
        } else {
            out += data[i];
        }
    }
    out += "\n\n";
    return out;
}

RawResponse sse_response(std::unique_ptr<BodyStream> stream) {
    RawResponse out;
    out.content_type = "text/event-stream";
    out.headers.add("Cache-Control", "no-cache");
    out.headers.add("X-Accel-Buffering", "no"); // a proxy would hold messages back
    out.stream = std::move(stream);
    return out;
}

} // namespace attune::api
