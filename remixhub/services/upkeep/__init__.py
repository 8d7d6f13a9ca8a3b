"""What runs by itself or over everything: job functions, jobs as seen, health, sweeping, leaving the hub."""
