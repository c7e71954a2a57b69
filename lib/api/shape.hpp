#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"
#include "json/writer.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::json {
class object;
}

namespace hourkey::api {

/// Who sends it decides how it is read: of what a client sends an unknown field is an error, lest a misspelt request is
/// passed over in silence; of what a server sends it is passed over, for a newer server says more.
enum class sender { client, server };

/// What a type says of itself, as its constant `is`. Its fields it tells in `describe`, once: reading, writing and the
/// JSON Schema come from there.
struct about {
    std::string_view title;
    sender from;
    std::string_view meaning;
};

/// What each type of the wire can. The definitions are in api/description.hpp, which only the file that describes a
/// type includes; there it is instantiated.
template <class T>
struct shape {
    /// A body; one of no bytes is `{}`.
    [[nodiscard]] static result<T> read(std::string_view body);
    /// A part of one.
    [[nodiscard]] static result<T> read_part(json::object from);
    static void write(json::writer& w, const T& what);
    static void write_schema(json::writer& w);
    /// Its fields as the parameters of a query: elements of an array.
    static void write_parameters(json::writer& w);
};

template <class T>
[[nodiscard]] result<T> read(std::string_view body) {
    return shape<T>::read(body);
}

template <class T>
void write(json::writer& w, const T& what) {
    shape<T>::write(w, what);
}

/// `expected_bytes`: see json::writer.
template <class T>
[[nodiscard]] std::string to_json(const T& what, std::size_t expected_bytes = 512) {
    json::writer w(expected_bytes);
    write(w, what);
    return w.take();
}

/// A value that is one text or an object.
template <class T>
struct text_or {
    secret text;  ///< when there is no object
    std::optional<T> object;
};
/// An object whose names are data.
template <class T>
using by_name = std::map<std::string, T, std::less<>>;

/// A type as the document has it.
struct schema {
    const about* is = nullptr;
    void (*write)(json::writer& w) = nullptr;
    void (*write_parameters)(json::writer& w) = nullptr;
};
template <class T>
inline constexpr schema schema_of{&T::is, &shape<T>::write_schema, &shape<T>::write_parameters};

}  // namespace hourkey::api
