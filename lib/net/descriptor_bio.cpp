#include "net/descriptor_bio.hpp"

#include "crypto/openssl_memory.hpp"
#include "net/readiness.hpp"

#include <openssl/bio.h>

#include <cerrno>
#include <cstddef>

namespace hourkey::net {
namespace {

bio_target& target_of(BIO* bio) noexcept { return *static_cast<bio_target*>(BIO_get_data(bio)); }

int write_to(BIO* bio, const char* bytes, int size) {
    auto& target = target_of(bio);
    BIO_clear_retry_flags(bio);
    const auto n = target.on->send({bytes, static_cast<std::size_t>(size)});
    if (n >= 0) return static_cast<int>(n);
    target.error = errno;
    if (errno == EAGAIN) BIO_set_retry_write(bio);
    return -1;
}

int read_from(BIO* bio, char* into, int size) {
    auto& target = target_of(bio);
    BIO_clear_retry_flags(bio);
    if (target.reads_left-- <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const auto n = target.on->receive({into, static_cast<std::size_t>(size)});
    if (n < 0) {
        target.error = errno;
        if (errno == EAGAIN) BIO_set_retry_read(bio);
        return -1;
    }
    target.ended = n == 0;
    for (int i = 0; i < n && target.first_size < target.first.size(); ++i) target.first[target.first_size++] = into[i];
    crypto::note_received(into, static_cast<std::size_t>(n));
    return static_cast<int>(n);
}

long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return target_of(bio).ended ? 1 : 0;
    return 0;
}

BIO_METHOD* make_method() noexcept {
    auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "descriptor");
    if (method == nullptr) return nullptr;
    BIO_meth_set_write(method, write_to);
    BIO_meth_set_read(method, read_from);
    BIO_meth_set_ctrl(method, control);
    return method;
}

}  // namespace

BIO* make_descriptor_bio(bio_target& target) noexcept {
    static BIO_METHOD* const method = make_method();
    if (method == nullptr) return nullptr;
    auto* bio = BIO_new(method);
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &target);
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace hourkey::net
