#include "domain/file_watch.hpp"

namespace attune {

ATTUNE_ROW(FileWatch, "file_watch", id, rule, rule_ref, trigger_ref, config, armed, revision, armed_at, generation,
           created, updated);
ATTUNE_ROW(FileSeat, "file_seat", id, watch, host, holder, beat, ended, settled, files, trouble, created, updated);

} // namespace attune
