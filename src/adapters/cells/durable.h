// Writes that a power cut leaves done or undone, never half done: a temporary file in the same
// directory, fsync, rename, fsync of the directory. Blocking; never for the loop's thread.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "wire/cell_file.h"

namespace lazaret::cells {

// Replaces or makes `path` below `dir`; a file that exists keeps its mode. `before_rename` runs
// when the bytes are safe and not yet visible; its error gives up and leaves the old file.
Result<void> replace_file(int dir, const std::string& path, const std::string& text,
                          const std::function<Result<void>()>& before_rename = {});

// Reads `path`, asks `edit` for the new text, and replaces it; starts over when somebody else wrote
// meanwhile. Nothing is written when the text is the same. `about_to`: called with the new text
// just before it becomes visible.
Result<void> edit_file(int dir, const std::string& path,
                       const std::function<Result<std::string>(std::string)>& edit,
                       const std::function<void(const std::string&)>& about_to = {});

// Makes the folders that are missing; existing ones are left alone.
Result<void> make_folders(int dir, const std::vector<std::string>& folders);

// The entries that lead to the absolute `path` survive a power cut, from the root on. A directory
// that may not be opened was not made by us.
void sync_way_to(const std::string& path);

// Makes <root>/<name> with its folders and files, all of it at once visible under that name.
// Errors: conflict if the name is taken; unavailable leaves nothing behind.
Result<void> make_cell(int root, const std::string& name, const wire::CellFiles& files);

// Moves <root>/<name> out of sight at once, then deletes it. Follows no link, leaves the file
// system never. Errors: not_found; others leave a hidden rest, which sweep() removes.
Result<void> remove_cell(int root, const std::string& name);

// Removes what a killed make_cell or remove_cell left in `root`.
void sweep(int root);

}  // namespace lazaret::cells
