-- What needs no process says so, instead of being known by its action's name.
update placement set key = '{"runtime":"core.builtin","process":false}', requirement = '{"runtime":"core.builtin","process":false}'
    where key = '{"runtime":"core.builtin"}';
