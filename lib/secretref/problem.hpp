#pragma once

#include "core/failure.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::secretref {

enum class problem_code {
    unclosed = 1,        ///< the line or the string ends inside a reference
    too_long,            ///< max_reference_bytes
    too_deep,            ///< max_depth
    invalid_name,        ///< is no connection's name
    unknown_field,       ///< none of `field`
    invalid_default,     ///< neither a quoted text, a word nor a reference
    variable_not_given,  ///< an inner variable has neither a value nor a default
    variable_empty,      ///< an inner variable is empty, and the reference has no default
    in_key,              ///< in a mapping's key
    object_in_string,    ///< without a field, inside a larger string
    object_impossible,   ///< without a field, where the format has no mapping
    outside_string,      ///< in JSON or TOML outside of quotes
    not_understood,      ///< the document is not what its format says, before or around a reference
    encoding,            ///< UTF-16 or UTF-32
    not_found,           ///< the connection does not exist, and the reference has no default
    not_answered,        ///< the caller has no answer for this name
    field_missing,       ///< the connection has no such field
    unrepresentable,     ///< the value cannot be written in this kind of string
    last_ = unrepresentable
};

[[nodiscard]] std::string_view name_of(problem_code code) noexcept;  ///< snake_case, as the API's codes

/// Where in the document. Lines and columns count from 1, columns in characters, as editors do.
struct position {
    std::size_t offset = 0;  ///< bytes from the document's start
    std::size_t line = 1;
    std::size_t column = 1;
};

/// Neither text ever holds a value of a credential, nor a default's.
struct problem {
    problem_code code{};
    position at;
    std::string file;     ///< as the caller calls it
    std::string message;  ///< one sentence without its place
    std::string hint;     ///< what to do now; may be empty

    [[nodiscard]] std::string text() const;  ///< "FILE:LINE:COLUMN: MESSAGE"
};

/// The first one as invalid_request (not_found: not_found), and how many more there are.
struct rejection {
    std::vector<problem> problems;  ///< in the order of the document, at most max_problems, at least one
};
[[nodiscard]] failure as_failure(const rejection& r);

/// Found by ADL when value() is called on a rejected one: a broken invariant.
[[noreturn]] void throw_exception_from_error(const rejection& r, const boost::source_location& where);

template <class T>
using checked = boost::system::result<T, rejection>;

}  // namespace hourkey::secretref
