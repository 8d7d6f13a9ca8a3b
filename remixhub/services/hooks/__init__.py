"""Webhooks and Discord channels: who minds them, how events get there, and what came of it."""
