#pragma once
#include "app/cli/command.hpp"
#include "logic/entities/entity.hpp"

/// The commands that every kind of thing has, from its description: their options, columns and help are what the API
/// says of it.
namespace attune::app::cli {

/// list, show, create, update, enable and disable where it can be, delete.
std::vector<Command> commands_of(const logic::entities::Entity& entity);

Command list_command(const logic::entities::Entity& entity);
Command show_command(const logic::entities::Entity& entity);
Command delete_command(const logic::entities::Entity& entity);

} // namespace attune::app::cli
