-- Rows are short at first and longer at their end. PostgreSQL would put the first version of each into a gap of another
-- old page, to be read and logged whole for that one row; with some room kept in each page it looks for emptier ones.
{postgres:alter table execution set (fillfactor = 90):postgres};
{postgres:alter table event set (fillfactor = 90):postgres};
