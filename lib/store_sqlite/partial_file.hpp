#pragma once

#include "core/failure.hpp"
#include "os/unique_descriptor.hpp"

#include <memory>
#include <string>

namespace hourkey::store {

/// A file in the making, `<of>.partial-*`, of mode 0600. Whatever ends the making takes it away: the destructor,
/// the next one of the same name after a process that died, and remove_partial_files() in a signal's handler.
class partial_file {
public:
    /// Takes away what dead processes left of `of` before.
    [[nodiscard]] static result<partial_file> make(const std::string& of);
    ~partial_file();
    partial_file(partial_file&& other) noexcept;
    partial_file& operator=(partial_file&&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return *path_; }
    /// It has another name now, or none.
    void let_go() noexcept;

private:
    partial_file(std::unique_ptr<std::string> path, os::unique_descriptor lock) noexcept;

    std::unique_ptr<std::string> path_;  ///< where a signal's handler finds it, whoever has moved this object
    os::unique_descriptor lock_;                       ///< held while the maker lives; how a leftover is told
};

/// A name that make() could give: random, and such that nobody's file has it by chance.
[[nodiscard]] std::string name_of_partial_file(const std::string& of);

/// Takes this process' partial files away. May be called in a signal's handler, right before the process ends.
void remove_partial_files() noexcept;

}  // namespace hourkey::store
