-- Reads what has become of a ticket, without being a sign of life of it.
-- KEYS: 1 waiting, 2 serving, 3 ticket, 4 outcome
-- ARGV: 1 ticket id
-- Returns the ticket's state (see state_of).

return state_of(ARGV[1], KEYS[1], KEYS[2], KEYS[3], KEYS[4])
