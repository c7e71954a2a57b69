#pragma once

#include "api/field.hpp"
#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"
#include "core/time_text.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hourkey::api {

/// Writes what a type describes. What there is not is left out.
class field_writer {
public:
    explicit field_writer(json::writer& to) : to_(to) {}

    void operator()(const field& f, const std::string& value) { to_.string(f.name, value); }
    void operator()(const field& f, const secret& value) { to_.string(f.name, value.expose()); }
    void operator()(const field& f, wall_time value) { to_.string(f.name, to_rfc3339(value)); }
    void operator()(const field& f, std::chrono::seconds value) { to_.integer(f.name, value.count()); }
    void operator()(const field& f, bool value) { to_.boolean(f.name, value); }
    template <class N>
        requires std::is_integral_v<N>
    void operator()(const field& f, N value) {
        to_.integer(f.name, static_cast<std::int64_t>(value));
    }
    template <class T>
        requires requires { T::is; }
    void operator()(const field& f, const T& part) {
        to_.key(f.name);
        shape<T>::write(to_, part);
    }
    void operator()(const field& f, const std::vector<std::string>& texts) {
        to_.key(f.name).begin_array();
        for (const auto& text : texts) to_.string(text);
        to_.end_array();
    }
    template <class T>
    void operator()(const field& f, const by_name<T>& parts) {
        to_.key(f.name).begin_object();
        for (const auto& [name, part] : parts) write_value(name, part);
        to_.end_object();
    }
    template <class T>
    void operator()(const field& f, const std::vector<T>& parts) {
        to_.key(f.name).begin_array();
        for (const auto& part : parts) shape<T>::write(to_, part);
        to_.end_array();
    }
    template <class T>
    void operator()(const field& f, const std::optional<T>& value) {
        if (value) (*this)(f, *value);
    }

    void refuse(std::string_view, std::string_view, std::string_view) {}

private:
    template <class T>
    void write_value(std::string_view name, const T& part) {
        to_.key(name);
        shape<T>::write(to_, part);
    }
    template <class T>
    void write_value(std::string_view name, const text_or<T>& part) {
        if (part.object) return write_value(name, *part.object);
        to_.string(name, part.text.expose());
    }

    json::writer& to_;
};

}  // namespace hourkey::api
