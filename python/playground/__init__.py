"""Runs asyncio programs on simulated time and records what happened, as the events that the rules read."""
