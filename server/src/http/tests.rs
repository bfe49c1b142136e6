//! What the HTTP layer promises, tried from outside: over sockets where bytes matter, else through
//! the router.

mod bad_input;
mod connections;
mod cross_origin;
mod document;
mod everything;
mod repeats;
