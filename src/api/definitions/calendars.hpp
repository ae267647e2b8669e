#pragma once
#include "api/common/entity.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {

/// /api/v1/calendars. The rights are those on triggers.
class CalendarRoutes final : public Component<Calendar, logic::entities::CalendarForm> {
public:
    explicit CalendarRoutes(Context& ctx);

private:
    using Form = logic::entities::CalendarForm;

    Result<Calendar> find(Session& session, const std::string& ref) override;
    Result<void> check(const Calendar& row) const override;
    Result<Calendar> add(Session& session, Form wanted, const Change& change) override;
    Result<Calendar> change(Session& session, const Calendar& before, Form after, const Change& change) override;
    Result<void> remove(Session& session, const Calendar& row, Timestamp now) override;
    Form listed(const Calendar& row) const override;
    /// Reads the events of an .ics file into the definition.
    task<Result<void>> prepare(Form& form) override;
};

} // namespace attune::api
