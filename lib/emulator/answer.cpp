#include "emulator/answer.hpp"

namespace hourkey::emulator {

answer xml_answer(int status, std::string body, std::string request_id) {
    answer a;
    a.status = status;
    a.headers.reserve(4);
    a.headers.emplace_back("x-amzn-RequestId", std::move(request_id));
    a.headers.emplace_back("Content-Type", "text/xml");
    a.body = std::move(body);
    return a;
}

answer text_answer(int status, std::string_view text) {
    answer a;
    a.status = status;
    a.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    a.body.append(text).append("\n");
    return a;
}

void set_header(answer& a, std::string_view name, std::string_view value) {
    for (auto& [field, text] : a.headers) {
        if (field == name) {
            text = value;
            return;
        }
    }
    a.headers.emplace_back(name, value);
}

void drop_header(answer& a, std::string_view name) {
    std::erase_if(a.headers, [&](const auto& h) { return h.first == name; });
}

}  // namespace hourkey::emulator
