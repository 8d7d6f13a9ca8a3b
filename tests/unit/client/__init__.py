"""The client without a hub: what it reads, keeps and says."""
