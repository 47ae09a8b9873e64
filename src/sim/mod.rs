//! The three services, embedded: a real HTTP server on loopback.
