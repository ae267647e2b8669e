#pragma once
#include "live/thing.hpp"
#include "logic/access/grants.hpp"
#include "runtime/bus.hpp"
#include "storage/session.hpp"

#include <set>

namespace attune::live {

/// The state of a thing, without the thing.
struct Seen {
    std::int64_t id = 0;
    std::int64_t key = 0; ///< by which doorbells name it
    std::string state;
    Timestamp created;
};
ATTUNE_STRUCT(Seen);

using Keys = std::set<std::int64_t>;

/// All that the feed has to know of a kind: a further kind is a further row.
struct KindRow {
    std::string_view name;            ///< as clients call it
    logic::access::Resource resource; ///< what it takes to read such a thing, and to hear of it
    Kind keyed_by;                    ///< whose ids name it: doorbells ring for those, and it is read with them
    std::vector<Topic> topics;        ///< that ring, later states first
    const Query* newest;              ///< states, newest first; $1: how many
    const Query* open;                ///< states of at most $1 that are not over; null: they never stay so
    const Query* states;              ///< of the ids $1 (a JSON array)
    Result<State> (*parse_state)(std::string_view);
    bool (*is_final)(State); ///< whether nothing follows
    Result<std::vector<Thing>> (*read)(Session&, const std::string& keys, std::int64_t limit);
};

const KindRow& row_of(Kind kind);

/// The things of these keys, at most `limit`, in the order of their ids.
Result<std::vector<Thing>> read_things(Session& session, Kind kind, const Keys& keys, std::int64_t limit);
/// The states of those of these ids that are there.
Result<std::vector<Seen>> read_states(Session& session, Kind kind, const std::vector<std::int64_t>& ids);

} // namespace attune::live
