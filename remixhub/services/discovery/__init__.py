"""What is public, all of it at once: for who finds the hub's pages from outside."""
