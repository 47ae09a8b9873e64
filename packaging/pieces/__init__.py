"""What `packaging/build` and `packaging/write` are made of."""
