//! Text of crashes to values: stacks, threads, logs. Knows no vendor and no JSON.
