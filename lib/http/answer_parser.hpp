#pragma once

#include "core/failure.hpp"
#include "http/chunked_decoder.hpp"
#include "http/client.hpp"
#include "http/head_block.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "http/wiped_buffer.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace hourkey::http {

/// From bytes to one answer, without I/O. Believes nothing that another reader could understand differently: what a
/// wrong or hostile peer may send must never become a credential.
class answer_parser {
public:
    /// `to` is the method of the request: an answer to HEAD has no body.
    answer_parser(method to, const client_limits& limits);

    /// Takes what has arrived. True when the answer is complete; what is left over then is counted as surplus.
    /// Fails with protocol_violation or payload_too_large; feed nothing after that.
    [[nodiscard]] result<bool> feed(std::string_view bytes);

    /// The peer has ended the connection in order. Fails with connection_closed when nothing had arrived, with
    /// connection_truncated inside an answer; an answer without a length is complete now.
    [[nodiscard]] result<> end();

    [[nodiscard]] bool has_started() const noexcept { return started_; }
    /// The connection may carry another exchange: the peer keeps it open and has sent nothing beyond the answer.
    [[nodiscard]] bool may_keep() const noexcept { return keep_alive_ && !surplus_; }
    [[nodiscard]] client_answer take() noexcept { return std::move(answer_); }

private:
    enum class part { head, sized, chunked, to_the_end, complete };

    [[nodiscard]] result<> on_head(std::string_view block);
    [[nodiscard]] result<> expect_length(std::string_view text);
    [[nodiscard]] result<> feed_head(std::string_view& bytes);
    [[nodiscard]] result<> feed_chunked(std::string_view& bytes);
    [[nodiscard]] result<> append_body(std::string_view bytes);

    method to_;
    client_limits limits_;
    wiped_buffer head_;
    head_scanner scanner_;
    std::size_t heads_bytes_ = 0;  ///< of interim answers too
    chunked_decoder chunks_;
    std::size_t left_ = 0;  ///< of a body with Content-Length
    part part_ = part::head;
    bool keep_alive_ = false;
    bool surplus_ = false;
    bool started_ = false;
    client_answer answer_;
};

}  // namespace hourkey::http
