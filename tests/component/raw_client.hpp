#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hourkey::test {

/// One connection on which a test writes what it likes, blocking; each wait ends after 20 seconds.
class raw_client {
public:
    /// With TLS under the CA of `ca_file`, or in plain text when it is empty.
    raw_client(std::uint16_t port, const std::string& ca_file);
    ~raw_client();
    raw_client(raw_client&&) noexcept;

    /// False when TCP or TLS did not come about.
    [[nodiscard]] bool is_open() const;
    /// False when the peer has gone.
    bool write(std::string_view bytes);
    /// One answer with the body that its Content-Length tells; less when the connection ends before.
    std::string read_answer();
    /// For HEAD: up to the empty line.
    std::string read_head();
    /// All until the peer ends or resets the connection.
    std::string read_to_end();
    /// Did the peer end the connection, instead of our patience?
    [[nodiscard]] bool has_ended() const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace hourkey::test
