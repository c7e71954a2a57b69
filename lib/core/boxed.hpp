#pragma once

#include <memory>
#include <utility>

namespace hourkey {

/// An optional value that takes one pointer of its owner's room: for what is rarely there. Copies copy the value.
template <class T>
class boxed {
public:
    boxed() = default;
    boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
    boxed(const boxed& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
    boxed(boxed&&) noexcept = default;
    boxed& operator=(boxed other) noexcept {
        value_ = std::move(other.value_);
        return *this;
    }
    ~boxed() = default;

    [[nodiscard]] bool has_value() const noexcept { return value_ != nullptr; }
    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] T& operator*() noexcept { return *value_; }
    [[nodiscard]] const T& operator*() const noexcept { return *value_; }
    [[nodiscard]] T* operator->() noexcept { return value_.get(); }
    [[nodiscard]] const T* operator->() const noexcept { return value_.get(); }

private:
    std::unique_ptr<T> value_;
};

}  // namespace hourkey
